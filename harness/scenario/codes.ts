/** The codes of shape problems in scenario files. All codes: docs/guide/error-codes.md. */
export const CODES = { unknownKey: 'E_SCENARIO_UNKNOWN_KEY', type: 'E_SCENARIO_TYPE' } as const
