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
  askPerson: 'Falar com uma pessoa',
  personAsking: 'Chamando uma pessoa…',
  askPersonFirst: 'Escreva primeiro do que se trata. Depois você pode pedir para falar com uma pessoa.',
  nobodyThere:
    'Não há ninguém disponível no momento. Deixe seu e-mail e responderemos. Você também pode continuar escrevendo aqui.',
  addressName: 'Nome (opcional)',
  addressEmail: 'E-mail',
  addressConsent: 'Concordo que meu endereço seja guardado para que possam me responder.',
  addressSend: 'Enviar',
  addressSent: 'Obrigado. Escreveremos para você por e-mail.',
  addressEmailMissing: 'Informe um endereço de e-mail válido.',
  addressConsentMissing: 'Dê seu consentimento para que possamos escrever para você.',
  notSent: 'Não funcionou. Tente novamente.',
};
