import type { Directive } from '../syntax.ts'
import { parseNumber, parseSizeBytes } from './values.ts'

/** The settings that nginx compares with each other, in bytes. */
interface BufferSettings {
  readonly bufferBytes: number
  readonly buffers: number
  readonly eachBytes: number
  readonly busyBytes: number | null
  readonly tempFileWriteBytes: number | null
  readonly maxTempFileBytes: number | null
  readonly headerBufferBytes: number
  readonly poolBytes: number
}

const PAGE_BYTES = 4096

const DEFAULTS: BufferSettings = {
  bufferBytes: PAGE_BYTES,
  buffers: 8,
  eachBytes: PAGE_BYTES,
  busyBytes: null,
  tempFileWriteBytes: null,
  maxTempFileBytes: null,
  headerBufferBytes: 8192,
  poolBytes: 512,
}

/** What each directive changes; its arguments have been checked. */
const READERS: Readonly<Record<string, (size: number, args: readonly string[]) => Partial<BufferSettings>>> = {
  proxy_buffer_size: (size) => ({ bufferBytes: size }),
  proxy_buffers: (_, [count = '', each = '']) => ({
    buffers: parseNumber(count) ?? 0,
    eachBytes: parseSizeBytes(each, false) ?? 0,
  }),
  proxy_busy_buffers_size: (size) => ({ busyBytes: size }),
  proxy_temp_file_write_size: (size) => ({ tempFileWriteBytes: size }),
  proxy_max_temp_file_size: (size) => ({ maxTempFileBytes: size }),
  connection_pool_size: (size) => ({ poolBytes: size }),
  large_client_header_buffers: (_, [, each = '']) => ({ headerBufferBytes: parseSizeBytes(each, false) ?? 0 }),
}

/** Buffers whose sizes do not fit each other, and the directive that made it so. */
export interface BufferProblem {
  readonly directive: Directive
  readonly message: string
}

/** Checks the sizes of buffers in every server and location with what they inherit (ngx_http_proxy_merge_loc_conf). */
export function checkBuffers(directives: readonly Directive[]): BufferProblem[] {
  return inBlock(directives, DEFAULTS, null)
}

function inBlock(directives: readonly Directive[], inherited: BufferSettings, kind: string | null): BufferProblem[] {
  let settings = inherited
  let last: Directive | null = null
  for (const directive of directives) {
    const name = directive.name.text
    if (!Object.hasOwn(READERS, name)) continue
    const texts = directive.args.map(({ text }) => text)
    settings = { ...settings, ...READERS[name]?.(parseSizeBytes(texts[0] ?? '', false) ?? 0, texts) }
    last = directive
  }
  const message = kind === null ? null : misfit(settings)
  const at = last ?? directives[0]
  if (message !== null && at !== undefined) return [{ directive: at, message }]
  return directives.flatMap(({ name, block }) =>
    block !== null && (name.text === 'server' || name.text === 'location') ? inBlock(block, settings, name.text) : [],
  )
}

function misfit(settings: BufferSettings): string | null {
  const { buffers, eachBytes, bufferBytes, headerBufferBytes, poolBytes } = settings
  const largest = Math.max(bufferBytes, eachBytes)
  const { tempFileWriteBytes, maxTempFileBytes } = settings
  const busy = settings.busyBytes ?? 2 * largest
  const maximum = 'the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers"'
  if (headerBufferBytes < poolBytes) {
    return 'the "large_client_header_buffers" size must be equal to or greater than "connection_pool_size"'
  }
  if (buffers < 2) return 'there must be at least 2 "proxy_buffers"'
  if (busy < largest) return `"proxy_busy_buffers_size" must be equal to or greater than ${maximum}`
  if (busy > (buffers - 1) * eachBytes) {
    return '"proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer'
  }
  if (tempFileWriteBytes !== null && tempFileWriteBytes < largest) {
    return `"proxy_temp_file_write_size" must be equal to or greater than ${maximum}`
  }
  if (maxTempFileBytes !== null && maxTempFileBytes !== 0 && maxTempFileBytes < largest) {
    return `"proxy_max_temp_file_size" must be equal to zero to disable temporary files usage or must be equal to or greater than ${maximum}`
  }
  return null
}
