/** The `typ` of the tokens that the gateway mints for anonymous visitors: sets them apart from all others, whoever signs. */
export const VISITOR_TOKEN_TYPE = 'rivulet-visitor+jwt';
