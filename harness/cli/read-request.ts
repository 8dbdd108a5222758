import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import path from 'node:path'
import type { Chain } from '../chain/chain.ts'
import { HEADER_VALUE, TOKEN } from '../chain/header-syntax.ts'
import { isInside } from '../chain/load-chain.ts'
import { type Bytes, bytesFrom, bytesFromText, type Header } from '../chain/message.ts'
import { toHttpVersion } from '../chain/services-schema.ts'
import { CurlError } from '../curl/curl-error.ts'
import { enterAt } from '../curl/enter-at.ts'
import { readCurl, wordsOfShell } from '../curl/read-curl.ts'
import { shellWords } from '../curl/shell-words.ts'
import { MAX_FILE_BYTES, systemFact } from '../diagnostics/read-source.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { parseRequestLine } from '../scenario/request-line.ts'
import type { StepRequest } from '../scenario/scenario.ts'
import type { RequestOptions } from './request-options.ts'
import { complain } from './terminal.ts'

/**
 * The request that a command was told: a curl line, whole or as the words that a shell made of it, or a method and target.
 * @returns null where there is none; why has been told
 */
export function readRequest(words: readonly string[], options: RequestOptions): StepRequest | null {
  const [first = ''] = words
  try {
    return /^(?:\S*[\\/])?curl(?:\.exe)?(?:\s|$)/.test(first.trimStart())
      ? readCurlLine(words, options)
      : readLine(words.join(' '), options)
  } catch (error) {
    if (!(error instanceof CurlError)) throw error
    complain(`Failed to read request: ${error.message}. ${error.remedy}`)
    return null
  }
}

/** The same request where it enters the chain; null where there is no such entry, and that has been told. */
export function entered(
  request: StepRequest,
  chain: Chain,
  { via = null }: { readonly via?: string | null },
): StepRequest | null {
  const entries = ['nginx', 'gateway', ...chain.services.map(({ name }) => name)]
  if (via === null || entries.includes(via)) return enterAt(request, chain, via)
  const near = suggest(via, entries)
  const remedy = near === undefined ? `It has ${entries.join(', ')}.` : `Did you mean "${near}"?`
  complain(`Failed to enter at "${via}": the chain has no such hop or Service. ${remedy}`)
  return null
}

function readCurlLine(words: readonly string[], options: RequestOptions): StepRequest {
  const { header, data, from, proxyProtocol, target, http } = options
  const given = Object.entries({ data, from, 'proxy-protocol': proxyProtocol, target, http, header: header[0] })
  const [option] = given.find(([, value]) => value !== undefined) ?? []
  if (option !== undefined)
    throw new CurlError(`--${option} stands beside a curl line, which says what is sent`, 'Write it in the line.')
  const [line = ''] = words
  const { request, unused } = readCurl(words.length === 1 ? shellWords(line) : wordsOfShell(words), readBody)
  if (unused.length > 0) complain(`not used: ${unused.join(', ')}, which say how curl works, not what it sends`)
  return request
}

function readLine(text: string, options: RequestOptions): StepRequest {
  const { data, header, target = null, from = null, proxyProtocol: proxied = null, http = '1.1' } = options
  const line = parseRequestLine(
    /^(?:\/|https?:)\S*$/.test(text) ? `${data === undefined ? 'GET' : 'POST'} ${text}` : text,
  )
  if (!('method' in line)) throw new CurlError(line.message, `${line.hint.replace(/\.?$/, '.')}`)
  for (const address of [from, proxied]) {
    if (address !== null && isIP(address) === 0)
      throw new CurlError(`"${address}" is no IP address`, 'Write one such as 203.0.113.9.')
  }
  const body = data === undefined ? '' : data.startsWith('@') ? readBody(data.slice(1)) : bytesFromText(data)
  return {
    via: 'nginx',
    from,
    proxied,
    ...line,
    target,
    httpVersion: toHttpVersion(http),
    headers: header.map(headerOf),
    body,
  }
}

function headerOf(line: string): Header {
  const colon = line.indexOf(':')
  if (colon <= 0) throw new CurlError(`header "${line}" has no colon`, "Write -H 'Host: flowmaster.example'.")
  const [name, value] = [line.slice(0, colon).trim(), bytesFromText(line.slice(colon + 1).trim())]
  if (!TOKEN.test(name)) throw new CurlError(`"${name}" is not a header name`, 'Use letters, digits and "-".')
  if (!HEADER_VALUE.test(value))
    throw new CurlError(`header "${name}" has a control character in it`, 'A header is one line.')
  return [name, value]
}

/** The bytes of a file in the working directory. @throws {CurlError} it leads out of there, or cannot be read */
function readBody(name: Bytes): Bytes {
  const file = path.resolve(Buffer.from(name, 'latin1').toString('utf8'))
  const refuse = (fact: string, remedy: string) => new CurlError(`"@${name}" cannot be read: ${fact}`, remedy)
  try {
    const { size } = statSync(file)
    if (!isInside(file, process.cwd())) throw refuse('it leads out of the working directory', 'Put a copy inside.')
    if (size > MAX_FILE_BYTES) throw refuse(`it has ${size} bytes; at most ${MAX_FILE_BYTES} are read`, 'Take less.')
    return bytesFrom(readFileSync(file))
  } catch (error) {
    throw error instanceof CurlError ? error : refuse(systemFact(error), 'Name a file that is there.')
  }
}
