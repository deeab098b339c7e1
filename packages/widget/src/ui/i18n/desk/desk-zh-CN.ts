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
  askPerson: '转人工客服',
  personAsking: '正在呼叫人工客服…',
  askPersonFirst: '请先写下您的问题，然后即可转接人工客服。',
  nobodyThere: '现在没有人工客服在线。请留下联系方式，我们会回复您。您也可以继续在这里留言。',
  addressName: '姓名（选填）',
  addressEmail: '电子邮箱',
  addressConsent: '我同意保存我的联系方式，以便你们回复我。',
  addressSend: '提交',
  addressSent: '谢谢，我们会通过电子邮件联系您。',
  addressEmailMissing: '请输入有效的电子邮箱地址。',
  addressConsentMissing: '请先同意，我们才能与您联系。',
  notSent: '操作未成功，请重试。',
};
