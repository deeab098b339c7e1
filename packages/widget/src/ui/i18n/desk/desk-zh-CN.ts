/** Texts about the people behind the chat in Chinese. */
import type { DeskStrings } from './desk-en.ts';

/** The Chinese texts. */
export const deskZhCN: DeskStrings = {
  personAwaited: '正在等待人工客服…',
  personTyping: '正在输入…',
  inQueue: '您正在等待人工客服，可以继续留言。',
  personJoined: '{name} 已加入对话。',
  aiReturned: '现在由 AI 助手继续回答。',
  personNotice: '您正在与 {name} 对话。',
  editWhenAi: 'AI 助手恢复回答后即可编辑。',
};
