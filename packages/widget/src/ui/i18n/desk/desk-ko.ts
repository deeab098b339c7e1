/** Texts about the people behind the chat in Korean. */
import type { DeskStrings } from './desk-en.ts';

/** The Korean texts. */
export const deskKo: DeskStrings = {
  personAwaited: '담당자를 기다리는 중…',
  personTyping: '입력 중…',
  inQueue: '담당자를 기다리고 있습니다. 계속 메시지를 쓸 수 있습니다.',
  personJoined: '{name} 님이 대화에 참여했습니다.',
  aiReturned: 'AI 어시스턴트가 다시 답변합니다.',
  personNotice: '{name} 님과 대화 중입니다.',
  editWhenAi: 'AI 어시스턴트가 다시 답변하면 수정할 수 있습니다.',
};
