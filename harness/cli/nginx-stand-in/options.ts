import { parseArgs } from 'node:util'

/** What the command line of nginx says. */
export interface NginxOptions {
  /** The folder that relative paths begin in (`-p`), with the slash at its end. */
  readonly prefix: string
  /** The file (`-c`), relative to the prefix or absolute. */
  readonly conf: string
  /** Where problems go before the file has named another place (`-e`). */
  readonly errorLog: string
  /** Directives of the main context (`-g`). */
  readonly globals: string
  /** `-t`, `-T` */
  readonly test: 'no' | 'test' | 'dump'
  /** `-q`: a test says nothing where all is well. */
  readonly quiet: boolean
  /** `-v`, `-V` */
  readonly version: 'no' | 'short' | 'long'
  /** `-s` */
  readonly signal: string | null
}

/** @throws {TypeError} an option is unknown, or has no value */
export function readOptions(args: readonly string[]): NginxOptions {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      prefix: { ...text, short: 'p', default: '/etc/nginx/' },
      conf: { ...text, short: 'c', default: 'nginx.conf' },
      errorLog: { ...text, short: 'e', default: 'stderr' },
      globals: { ...text, short: 'g', default: '' },
      signal: { ...text, short: 's' },
      test: { ...flag, short: 't' },
      dump: { ...flag, short: 'T' },
      quiet: { ...flag, short: 'q' },
      version: { ...flag, short: 'v' },
      build: { ...flag, short: 'V' },
    },
  })
  return {
    prefix: values.prefix.endsWith('/') ? values.prefix : `${values.prefix}/`,
    conf: values.conf,
    errorLog: values.errorLog,
    globals: values.globals,
    test: values.dump ? 'dump' : values.test ? 'test' : 'no',
    quiet: values.quiet,
    version: values.build ? 'long' : values.version ? 'short' : 'no',
    signal: values.signal ?? null,
  }
}
