/** What one scenario file may hold at most. Far above what people write, far below what would hang a run. */
export const MAX_STEPS = 1000
export const MAX_EXAMPLES = 1000
/** Steps of a file times rows of its examples. */
export const MAX_STEPS_IN_ALL = 20_000
/** Characters of all steps once every row of the examples has filled them in. */
export const MAX_FILLED_LENGTH = 10 * 1024 * 1024
/** Lines that one header may be expected to have. */
export const MAX_HEADER_LINES = 100
/** Characters of a regular expression. */
export const MAX_PATTERN_LENGTH = 1000
/** The longest duration that can be written: nothing waits longer than a day. */
export const MAX_DURATION_MS = 24 * 60 * 60 * 1000
