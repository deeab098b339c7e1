/** The `typ` header of visitor tokens, which distinguishes them from identity tokens even when both have the same key. */
export const VISITOR_TOKEN_TYPE = 'rivulet-visitor+jwt';
