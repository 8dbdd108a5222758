import type { Directive } from '../../syntax/syntax.ts'
import { parseNumber, parseSizeBytes } from '../../syntax/values.ts'

/** The buffers of one protocol to an upstream, in bytes. */
interface BufferSettings {
  readonly bufferBytes: number
  readonly buffers: number
  readonly eachBytes: number
  readonly busyBytes: number | null
  readonly tempFileWriteBytes: number | null
  readonly maxTempFileBytes: number | null
}

const PAGE_BYTES = 4096

const DEFAULTS: BufferSettings = {
  bufferBytes: PAGE_BYTES,
  buffers: 8,
  eachBytes: PAGE_BYTES,
  busyBytes: null,
  tempFileWriteBytes: null,
  maxTempFileBytes: null,
}

type Reader<Settings> = (size: number, args: readonly string[]) => Partial<Settings>

/** What each directive changes, by its name behind the protocol's; its arguments have been checked. */
const READERS: Readonly<Record<string, Reader<BufferSettings>>> = {
  buffer_size: (size) => ({ bufferBytes: size }),
  buffers: (_, [count = '', each = '']) => ({
    buffers: parseNumber(count) ?? 0,
    eachBytes: parseSizeBytes(each, false) ?? 0,
  }),
  busy_buffers_size: (size) => ({ busyBytes: size }),
  temp_file_write_size: (size) => ({ tempFileWriteBytes: size }),
  max_temp_file_size: (size) => ({ maxTempFileBytes: size }),
}

/** Protocols whose answers nginx buffers (ngx_http_proxy_merge_loc_conf and its kin). */
const PROTOCOLS = ['proxy', 'fastcgi', 'uwsgi', 'scgi']

/** The buffers for a request's head, in bytes. */
interface HeadSettings {
  readonly headerBufferBytes: number
  readonly poolBytes: number
}

const HEAD_READERS: Readonly<Record<string, Reader<HeadSettings>>> = {
  connection_pool_size: (size) => ({ poolBytes: size }),
  large_client_header_buffers: (_, [, each = '']) => ({ headerBufferBytes: parseSizeBytes(each, false) ?? 0 }),
}

/** Buffers whose sizes do not fit each other, and the directive that made it so. */
export interface BufferProblem {
  readonly directive: Directive
  readonly message: string
}

/** Checks the sizes of buffers in every server and location with what they inherit. */
export function checkBuffers(directives: readonly Directive[]): BufferProblem[] {
  const head = { headerBufferBytes: 8192, poolBytes: 512 }
  // What no line sets has its default, which fits.
  const set = namesIn(directives, new Set())
  const isSet = (prefix: string, readers: object) => Object.keys(readers).some((name) => set.has(prefix + name))
  return [
    ...(isSet('', HEAD_READERS) ? inBlock(directives, head, '', HEAD_READERS, headMisfit, null) : []),
    ...PROTOCOLS.filter((protocol) => isSet(`${protocol}_`, READERS)).flatMap((protocol) =>
      inBlock(directives, DEFAULTS, `${protocol}_`, READERS, (settings) => misfit(settings, protocol), null),
    ),
  ]
}

/** The name of every directive, in whatever block. */
function namesIn(directives: readonly Directive[], names: Set<string>): ReadonlySet<string> {
  for (const { name, block } of directives) {
    names.add(name.text)
    if (block !== null) namesIn(block, names)
  }
  return names
}

function inBlock<Settings>(
  directives: readonly Directive[],
  inherited: Settings,
  prefix: string,
  readers: Readonly<Record<string, Reader<Settings>>>,
  check: (settings: Settings) => string | null,
  kind: string | null,
): BufferProblem[] {
  let settings = inherited
  let last: Directive | null = null
  for (const directive of directives) {
    const name = directive.name.text
    const setting = name.startsWith(prefix) ? name.slice(prefix.length) : ''
    if (!Object.hasOwn(readers, setting)) continue
    const texts = directive.args.map(({ text }) => text)
    settings = { ...settings, ...readers[setting]?.(parseSizeBytes(texts[0] ?? '', false) ?? 0, texts) }
    last = directive
  }
  const message = kind === null ? null : check(settings)
  const at = last ?? directives[0]
  if (message !== null && at !== undefined) return [{ directive: at, message }]
  return directives.flatMap(({ name, block }) =>
    block !== null && (name.text === 'server' || name.text === 'location')
      ? inBlock(block, settings, prefix, readers, check, name.text)
      : [],
  )
}

function headMisfit({ headerBufferBytes, poolBytes }: HeadSettings): string | null {
  if (headerBufferBytes >= poolBytes) return null
  return 'the "large_client_header_buffers" size must be equal to or greater than "connection_pool_size"'
}

function misfit(settings: BufferSettings, protocol: string): string | null {
  const { buffers, eachBytes, bufferBytes, tempFileWriteBytes, maxTempFileBytes } = settings
  const largest = Math.max(bufferBytes, eachBytes)
  const busy = settings.busyBytes ?? 2 * largest
  const setting = (name: string) => `"${protocol}_${name}"`
  const maximum = `the maximum of the value of ${setting('buffer_size')} and one of the ${setting('buffers')}`
  if (buffers < 2) return `there must be at least 2 ${setting('buffers')}`
  if (busy < largest) return `${setting('busy_buffers_size')} must be equal to or greater than ${maximum}`
  if (busy > (buffers - 1) * eachBytes) {
    return `${setting('busy_buffers_size')} must be less than the size of all ${setting('buffers')} minus one buffer`
  }
  if (tempFileWriteBytes !== null && tempFileWriteBytes < largest) {
    return `${setting('temp_file_write_size')} must be equal to or greater than ${maximum}`
  }
  if (maxTempFileBytes !== null && maxTempFileBytes !== 0 && maxTempFileBytes < largest) {
    return `${setting('max_temp_file_size')} must be equal to zero to disable temporary files usage or must be equal to or greater than ${maximum}`
  }
  return null
}
