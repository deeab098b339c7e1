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
  askPerson: '담당자와 대화하기',
  personAsking: '담당자를 호출하는 중…',
  askPersonFirst: '먼저 용건을 적어 주세요. 그다음 담당자를 요청할 수 있습니다.',
  nobodyThere:
    '지금은 담당자가 없습니다. 연락처를 남겨 주시면 답변해 드리겠습니다. 여기에 계속 메시지를 쓸 수도 있습니다.',
  addressName: '이름(선택)',
  addressEmail: '이메일 주소',
  addressConsent: '답변을 받기 위해 연락처가 저장되는 것에 동의합니다.',
  addressSend: '보내기',
  addressSent: '감사합니다. 이메일로 답변해 드리겠습니다.',
  addressEmailMissing: '올바른 이메일 주소를 입력해 주세요.',
  addressConsentMissing: '연락을 드리려면 동의가 필요합니다.',
  notSent: '잘되지 않았습니다. 다시 시도해 주세요.',
};
