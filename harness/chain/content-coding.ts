import { brotliDecompressSync, inflateRawSync, unzipSync } from 'node:zlib'
import { type Bytes, bufferOf, bytesFrom, headerValues, type ResponseMessage } from './message.ts'

/** How each content coding that is in use comes off (RFC 9110 section 8.4.1). */
const DECODERS: Readonly<Record<string, (coded: Buffer) => Buffer>> = {
  gzip: (coded) => unzipSync(coded),
  'x-gzip': (coded) => unzipSync(coded),
  deflate: inflate,
  br: (coded) => brotliDecompressSync(coded),
}

/**
 * A response's body without its content codings, the last one first (RFC 9110 section 8.4). The body as it is where a coding is
 * unknown, or where the bytes are not coded so: a part of a body, or the empty body of an answer to HEAD.
 */
export function decodedBody({ headers, body }: Pick<ResponseMessage, 'headers' | 'body'>): Bytes {
  const codings = headerValues(headers, 'content-encoding').flatMap((value) => value.split(','))
  if (codings.length === 0) return body
  try {
    return bytesFrom(codings.reduceRight((coded, coding) => decoderOf(coding)(coded), bufferOf(body)))
  } catch {
    return body
  }
}

function decoderOf(coding: string): (coded: Buffer) => Buffer {
  return DECODERS[coding.trim().toLowerCase()] ?? ((coded) => coded)
}

/** `deflate` is the zlib format; some servers send it without the zlib header. */
function inflate(coded: Buffer): Buffer {
  try {
    return unzipSync(coded)
  } catch {
    return inflateRawSync(coded)
  }
}
