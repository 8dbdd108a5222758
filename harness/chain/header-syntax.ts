/** A token, which a method and a header's name are (RFC 9110 section 5.6.2). */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** A header's value that cannot end its line or the message (RFC 9110 section 5.5). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
export const HEADER_VALUE = /^[^\0-\x08\x0a-\x1f\x7f]*$/
