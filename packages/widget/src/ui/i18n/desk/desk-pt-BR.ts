/** Texts about the people behind the chat in Portuguese. */
import type { DeskStrings } from './desk-en.ts';

/** The Portuguese texts. */
export const deskPtBR: DeskStrings = {
  personAwaited: 'Aguardando uma pessoa…',
  personTyping: 'Digitando…',
  inQueue: 'Você está aguardando uma pessoa. Pode continuar escrevendo.',
  personJoined: '{name} entrou na conversa.',
  aiReturned: 'O assistente de IA voltou a responder.',
  personNotice: 'Você está conversando com {name}.',
  editWhenAi: 'Você poderá editar quando o assistente de IA voltar a responder.',
};
