/** Texts about the people behind the chat in Dutch. */
import type { DeskStrings } from './desk-en.ts';

/** The Dutch texts. */
export const deskNl: DeskStrings = {
  personAwaited: 'Wacht op een medewerker…',
  personTyping: 'Is aan het typen…',
  inQueue: 'U wacht op een medewerker. U kunt verder schrijven.',
  personJoined: '{name} doet nu mee aan het gesprek.',
  aiReturned: 'De AI-assistent antwoordt weer.',
  personNotice: 'U chat met {name}.',
  editWhenAi: 'U kunt bewerken zodra de AI-assistent weer antwoordt.',
  askPerson: 'Met een medewerker praten',
  personAsking: 'Er wordt een medewerker gevraagd…',
  askPersonFirst: 'Schrijf eerst waar het over gaat. Daarna kunt u om een medewerker vragen.',
  nobodyThere:
    'Er is nu niemand beschikbaar. Laat uw e-mailadres achter, dan nemen we contact op. U kunt hier ook verder schrijven.',
  addressName: 'Naam (optioneel)',
  addressEmail: 'E-mailadres',
  addressConsent: 'Ik ga ermee akkoord dat mijn adres wordt bewaard zodat u mij kunt antwoorden.',
  addressSend: 'Versturen',
  addressSent: 'Dank u. We sturen u een e-mail.',
  addressEmailMissing: 'Vul een geldig e-mailadres in.',
  addressConsentMissing: 'Geef toestemming, zodat we u kunnen schrijven.',
  notSent: 'Dat is niet gelukt. Probeer het opnieuw.',
};
