import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import path from 'node:path'
import type { Chain } from '../chain/chain.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source } from '../diagnostics/source.ts'
import type { Directive, Word } from '../nginx/syntax/syntax.ts'

const CONF_DIR = '/etc/nginx'

/**
 * What nginx would refuse of the certificates and keys that the chain has, in its words (ngx_ssl_certificate). Those that the chain
 * has not are nobody's fault.
 */
export function certificateFaults(directives: readonly Directive[], includes: Chain['includes']): Diagnostic[] {
  const toUpstreams = speaksTls(directives) ? faultsOf('proxy_ssl_', directives, includes) : []
  return [...faultsOf('ssl_', directives, includes), ...toUpstreams]
}

/** Whether it sends anything on over TLS: nginx reads those certificates then. */
function speaksTls(directives: readonly Directive[]): boolean {
  return directives.some(
    ({ name, args, block }) =>
      (name.text === 'proxy_pass' && /^https:|\$/i.test(args[0]?.text ?? '')) || (block !== null && speaksTls(block)),
  )
}

function faultsOf(prefix: string, directives: readonly Directive[], includes: Chain['includes']): Diagnostic[] {
  const words = (name: string) =>
    directives.flatMap(({ name: { text }, args }) => (text === name ? args.slice(0, 1) : []))
  const certificates = words(`${prefix}certificate`).map((word) => readCertificate(word, includes))
  const isLocked = words(`${prefix}password_file`).length > 0
  const keys = isLocked ? [] : words(`${prefix}certificate_key`).map((word) => readKey(word, includes))
  const own = [...certificates, ...keys].flatMap(({ fault }) => fault ?? [])
  const mismatches = certificates.flatMap(({ value: certificate }, at) => {
    const key = keys[at]
    if (certificate === null || key === undefined || key.value === null || certificate.checkPrivateKey(key.value))
      return []
    return [faultAt(key.word, `SSL_CTX_use_PrivateKey("${pathOf(key.word)}") failed (SSL: key values mismatch)`)]
  })
  return [...own, ...mismatches, ...directives.flatMap(({ block }) => faultsOf(prefix, block ?? [], includes))]
}

/** The file that a word names, where the chain has it. */
export function ownFile({ text }: Pick<Word, 'text'>, includes: Chain['includes']): Source | null {
  const wanted = path.resolve(CONF_DIR, text)
  for (const [name, source] of includes) {
    if (path.resolve(CONF_DIR, name) === wanted || path.resolve('/', name) === wanted) return source
  }
  return null
}

interface Read<Value> {
  readonly word: Word
  /** Null where the chain has no such file, or a wrong one. */
  readonly value: Value | null
  readonly fault: Diagnostic | null
}

function readCertificate(word: Word, includes: Chain['includes']): Read<X509Certificate> {
  const what = `cannot load certificate "${pathOf(word)}": PEM_read_bio_X509_AUX() failed (SSL: no start line)`
  return read(
    word,
    includes,
    (text) => new X509Certificate(text),
    () => what,
  )
}

function readKey(word: Word, includes: Chain['includes']): Read<KeyObject> {
  const start = `cannot load certificate key "${pathOf(word)}": PEM_read_bio_PrivateKey() failed (SSL: `
  const why = (text: string) => (text.includes('ENCRYPTED') ? 'bad password read)' : 'no start line)')
  return read(word, includes, createPrivateKey, (text) => start + why(text))
}

function read<Value>(
  word: Word,
  includes: Chain['includes'],
  parse: (text: string) => Value,
  wordsOf: (text: string) => string,
): Read<Value> {
  const file = ownFile(word, includes)
  if (file === null) return { word, value: null, fault: null }
  try {
    return { word, value: parse(file.text), fault: null }
  } catch {
    return { word, value: null, fault: faultAt(word, wordsOf(file.text)) }
  }
}

function pathOf({ text }: Word): string {
  return path.resolve(CONF_DIR, text)
}

function faultAt({ span }: Word, message: string): Diagnostic {
  return { code: 'E_NGINX_CONFIG', severity: 'error', message, span }
}
