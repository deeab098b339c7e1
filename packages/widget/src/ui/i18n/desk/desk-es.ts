/** Texts about the people behind the chat in Spanish. */
import type { DeskStrings } from './desk-en.ts';

/** The Spanish texts. */
export const deskEs: DeskStrings = {
  personAwaited: 'Esperando a una persona…',
  personTyping: 'Escribiendo…',
  inQueue: 'Está esperando a una persona. Puede seguir escribiendo.',
  personJoined: '{name} se ha unido a la conversación.',
  aiReturned: 'Vuelve a responder el asistente de IA.',
  personNotice: 'Está hablando con {name}.',
  editWhenAi: 'Podrá editar cuando vuelva a responder el asistente de IA.',
  askPerson: 'Hablar con una persona',
  personAsking: 'Avisando a una persona…',
  askPersonFirst: 'Escriba primero de qué se trata. Después podrá pedir hablar con una persona.',
  nobodyThere:
    'Ahora mismo no hay nadie disponible. Deje su correo electrónico y le responderemos. También puede seguir escribiendo aquí.',
  addressName: 'Nombre (opcional)',
  addressEmail: 'Correo electrónico',
  addressConsent: 'Acepto que se guarde mi dirección para que puedan responderme.',
  addressSend: 'Enviar',
  addressSent: 'Gracias. Le escribiremos por correo electrónico.',
  addressEmailMissing: 'Introduzca una dirección de correo válida.',
  addressConsentMissing: 'Dé su consentimiento para que podamos escribirle.',
  notSent: 'No ha funcionado. Inténtelo de nuevo.',
};
