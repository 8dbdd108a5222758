/** The codes of shape problems in scenario files. All codes: docs/guide/error-codes.md. */
export const CODES = {
  unknownKey: 'E_SCENARIO_UNKNOWN_KEY',
  missingKey: 'E_SCENARIO_MISSING_KEY',
  type: 'E_SCENARIO_TYPE',
} as const

/** Codes of what is not there. In a file with broken syntax they prove nothing. */
export const ABSENCES: ReadonlySet<string> = new Set([CODES.missingKey, 'E_EXPECTS_NOTHING', 'E_CHAIN_INCOMPLETE'])
