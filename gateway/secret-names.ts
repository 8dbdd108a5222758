/*
 * What is secret, by its name: one list for the gateway's log and for every report of the harness. A name is compared in lower
 * case, without what parts its words: `X-Api-Key`, `apiKey` and `api_key` are one. Compared by parts of a text, no pattern.
 */

/** A name with one of these anywhere in it. */
const WORDS = ['token', 'secret', 'passw', 'passphrase', 'apikey', 'credential']

/** A name that ends with one of these. */
const ENDS = [
  'authorization',
  'accesskey',
  'accountkey',
  'authkey',
  'functionskey',
  'masterkey',
  'privatekey',
  'signingkey',
  'subscriptionkey',
  'sessionid',
  'sessid',
  'signature',
  'jwt',
]

/** Names of their own. */
const WHOLE = new Set(['cookie', 'setcookie', 'xauth', 'pwd', 'clientassertion', 'idassertion'])

/** Query parameters and form fields of their own: an OAuth code (RFC 6749 section 4.1.2), an API key, a signed URL. */
const PARAMETERS = new Set(['code', 'key', 'sig', 'assertion'])

/** A name that ends so tells about a secret and is none: `token_type`, `secretName`, `max_tokens`, `token_endpoint`. */
const ABOUT = [
  'type',
  'name',
  'tokens',
  'endpoint',
  'uri',
  'url',
  'expires',
  'expiresin',
  'expiry',
  'ttl',
  'length',
  'count',
  'policy',
  'required',
]

/** Longer names are nobody's: what was sent may be anything. */
const MAX_NAME_LENGTH = 200

/** Whether the value of a header, or of a member of JSON or YAML, is secret by its name. */
export function isSecretName(name: string): boolean {
  const plain = plainName(name)
  if (WHOLE.has(plain)) return true
  if (ABOUT.some((end) => plain.endsWith(end))) return false
  return WORDS.some((word) => plain.includes(word)) || ENDS.some((end) => plain.endsWith(end))
}

/** Keys that tell where something is, and open nothing. */
const PLAIN_KEYS = [
  'sortkey',
  'partitionkey',
  'idempotencykey',
  'cachekey',
  'surrogatekey',
  'routingkey',
  'primarykey',
  'foreignkey',
  'publickey',
  'websocketkey',
]

/** Whether the value of a header is: any key but those that are known to be none, `x-my-key` too. What is hidden by mistake costs less. */
export function isSecretHeader(name: string): boolean {
  if (isSecretName(name)) return true
  const plain = plainName(name)
  return plain !== 'key' && plain.endsWith('key') && !PLAIN_KEYS.some((end) => plain.endsWith(end))
}

/** So many names are remembered, and none that is longer: anybody may send any. */
const MAX_REMEMBERED = 512
const MAX_REMEMBERED_LENGTH = 32

const remembered = new Map<string, boolean>()

/** Whether the value of a query parameter or a form field is; its name may be percent-encoded. The same few are asked for all the time. */
export function isSecretParameter(name: string): boolean {
  const known = remembered.get(name)
  if (known !== undefined) return known
  const decoded = decoding(name)
  const isSecret = PARAMETERS.has(plainName(decoded)) || isSecretName(decoded)
  if (remembered.size < MAX_REMEMBERED && name.length <= MAX_REMEMBERED_LENGTH) remembered.set(name, isSecret)
  return isSecret
}

/** In lower case, letters and digits alone, without digits at the end: `password2` is a password. */
function plainName(name: string): string {
  return name
    .slice(0, MAX_NAME_LENGTH)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/(?<!\d)\d+$/, '')
}

function decoding(name: string): string {
  if (!name.includes('%')) return name
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
