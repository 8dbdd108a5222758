import path from 'node:path'
import { type Certificate, makeCertificate } from '../chain/make-certificate.ts'
import { runAuthority } from '../chain/run-certificates.ts'
import { Source } from '../diagnostics/source.ts'
import type { Directive } from '../nginx/syntax/syntax.ts'

/** The group ffdhe2048 (RFC 7919), which nobody has to keep to himself. */
const DH_PARAMETERS = `-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
`

/** What stands in the place of a file that a directive reads and the chain has not. */
const STAND_INS: Readonly<Record<string, () => string>> = {
  ssl_certificate: () => ofThisRun().certificate,
  ssl_certificate_key: () => ofThisRun().key,
  ssl_client_certificate: () => runAuthority().certificate,
  ssl_trusted_certificate: () => runAuthority().certificate,
  proxy_ssl_certificate: () => ofThisRun().certificate,
  proxy_ssl_certificate_key: () => ofThisRun().key,
  proxy_ssl_trusted_certificate: () => runAuthority().certificate,
  ssl_dhparam: () => DH_PARAMETERS,
}

let made: Certificate | null = null

/** One for all of a process: it takes milliseconds, and nginx is loaded again where its files change. */
function ofThisRun(): Certificate {
  made ??= makeCertificate({ name: 'request-chain' })
  return made
}

/** A certificate without its key is of no use, and so is a key without its certificate: both are made then. */
const PAIRS: readonly (readonly [certificate: string, key: string])[] = [
  ['ssl_certificate', 'ssl_certificate_key'],
  ['proxy_ssl_certificate', 'proxy_ssl_certificate_key'],
]

/**
 * Certificates and keys that a site file names and its chain has not: nobody hands those of production around. Ones made for
 * this run stand in their places, by the path that the file names.
 * @param has whether the chain has a file
 */
export function standInFiles(
  directives: readonly Directive[],
  has: (file: string) => boolean,
): ReadonlyMap<string, Source> {
  const named = (name: string): string[] =>
    directives.flatMap((one) => (one.name.text === name ? one.args.slice(0, 1).map(({ text }) => text) : []))
  const halves = PAIRS.flatMap(([certificate, key]) => {
    const keys = named(key)
    return named(certificate).flatMap((file, at) => {
      const pair = [file, keys[at] ?? file]
      return pair.every(isPath) && !pair.every(has) ? pair : []
    })
  })
  const files = new Map<string, Source>()
  for (const { name, args, block } of directives) {
    const text = Object.hasOwn(STAND_INS, name.text) ? STAND_INS[name.text] : undefined
    const [file] = args
    if (
      text !== undefined &&
      file !== undefined &&
      isPath(file.text) &&
      (halves.includes(file.text) || !has(file.text))
    ) {
      files.set(file.text.replace(/^\/+/, ''), new Source(path.basename(file.text), text()))
    }
    for (const [inner, source] of standInFiles(block ?? [], has)) files.set(inner, source)
  }
  return files
}

/** nginx reads `data:…` and `engine:…` in another way, and a path with variables for each request. */
function isPath(text: string): boolean {
  return !/^[a-z]+:/.test(text) && !text.includes('$')
}
