declare module 'virtual:policy-schema' {
  /** The JSON Schema of the policy document. */
  export const policySchema: unknown;
}
