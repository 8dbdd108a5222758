import type { Directive, Word } from '../../syntax/syntax.ts'
import { parseNumber } from '../../syntax/values.ts'
import { wireText } from '../../syntax/wire.ts'

/** A table that nginx builds when it starts, and that it cannot build with these sizes. */
export interface HashProblem {
  readonly span: Word['span']
  readonly message: string
  readonly hint?: string
}

/** How large a table's buckets are, in bytes, and how many it may have. */
export interface HashSizes {
  readonly bucketBytes: number
  readonly maxSize: number
}

/** A line of the processor's cache, which sizes of buckets are rounded up to: 64 bytes on x86 and most of ARM. */
const CACHE_LINE_BYTES = 64

/** The sizes that `NAME_bucket_size` and `NAME_max_size` set in a block, with those around it. */
export function hashSizes(name: string, directives: readonly Directive[], around: HashSizes): HashSizes {
  const value = (setting: string) => {
    const directive = directives.findLast((one) => one.name.text === `${name}_${setting}`)
    return parseNumber(directive?.args[0]?.text ?? '')
  }
  const bucket = value('bucket_size')
  return {
    bucketBytes: bucket === null ? around.bucketBytes : Math.ceil(bucket / CACHE_LINE_BYTES) * CACHE_LINE_BYTES,
    maxSize: value('max_size') ?? around.maxSize,
  }
}

/** The sizes of a table that no directive speaks of. */
export function defaultSizes(maxSize: number): HashSizes {
  return { bucketBytes: CACHE_LINE_BYTES, maxSize }
}

/**
 * Whether nginx can build a table with these keys (ngx_hash_init): a bucket must have room for the longest key.
 * @param table as nginx calls it: `server_names_hash`
 * @param keys bytes as Latin-1, each with its place
 */
export function hashProblem(
  table: string,
  { bucketBytes, maxSize }: HashSizes,
  keys: readonly { readonly text: string; readonly span: Word['span'] }[],
): HashProblem | null {
  const [first] = keys
  if (first === undefined) return null
  const long = keys.find(({ text }) => bytesOf(text) > bucketBytes)
  if (long !== undefined) {
    const needed = Math.ceil(bytesOf(long.text) / CACHE_LINE_BYTES) * CACHE_LINE_BYTES
    const setting = `${table}_bucket_size`
    return {
      span: long.span,
      message: `could not build ${table}, you should increase ${setting}: ${bucketBytes}`,
      ...(table !== 'test_types_hash' && { hint: `"${long.text}" is too long for it. Set ${setting} ${needed};` }),
    }
  }
  if (maxSize === 0) {
    return { span: first.span, message: `could not build ${table}, you should increase ${table}_max_size: 0` }
  }
  if (bucketBytes <= 65_536 - CACHE_LINE_BYTES) return null
  return { span: first.span, message: `could not build ${table}, too large ${table}_bucket_size: ${bucketBytes}` }
}

/** What a key takes in a bucket, with the pointer that ends it (NGX_HASH_ELT_SIZE). */
function bytesOf(key: string): number {
  const length = key.length + 2
  return 8 + Math.ceil(length / 8) * 8 + 8
}

/** Lists of content types: nginx keeps each in a table whose size cannot be set. */
const TYPE_LISTS: ReadonlySet<string> = new Set([
  'gzip_types',
  'charset_types',
  'sub_filter_types',
  'ssi_types',
  'addition_types',
])

/** Checks the tables of `map`, `types`, header names and content types. Those of server names and variables are built elsewhere. */
export function checkHashes(http: readonly Directive[]): HashProblem[] {
  const map = hashSizes('map_hash', http, defaultSizes(2048))
  const maps = http.filter(({ name }) => name.text === 'map')
  return [
    ...maps.flatMap(({ block }) => hashProblem('map_hash', map, mapKeys(block ?? [])) ?? []),
    ...inBlock(http, { types: defaultSizes(1024), headers: defaultSizes(512), referers: defaultSizes(2048) }),
  ]
}

interface Around {
  readonly types: HashSizes
  readonly headers: HashSizes
  readonly referers: HashSizes
}

/** In one pass: a file of 1 MiB has thousands of blocks, and most of them say nothing of a table. */
function inBlock(directives: readonly Directive[], around: Around): HashProblem[] {
  const extensions: Word[] = []
  const hidden: Word[] = []
  const referers: Word[] = []
  const lists: (readonly Word[])[] = []
  const blocks: (readonly Directive[])[] = []
  let isSized = false
  for (const { name, args, block } of directives) {
    if (name.text === 'server' || name.text === 'location') blocks.push(block ?? [])
    else if (name.text === 'proxy_set_header' || name.text === 'proxy_hide_header') hidden.push(...args.slice(0, 1))
    else if (name.text === 'types') extensions.push(...(block ?? []).flatMap((line) => line.args))
    else if (name.text === 'valid_referers') referers.push(...args.filter(({ text }) => !text.startsWith('~')))
    else if (TYPE_LISTS.has(name.text)) lists.push(args)
    else isSized ||= name.text.includes('_hash_')
  }
  const sizes = isSized ? sizesIn(directives, around) : around
  return [
    hashProblem('types_hash', sizes.types, extensions.map(keyOf)) ?? [],
    hashProblem('proxy_headers_hash', sizes.headers, hidden.map(keyOf)) ?? [],
    hashProblem('referer_hash', sizes.referers, referers.map(keyOf)) ?? [],
    ...lists.map((args) => hashProblem('test_types_hash', defaultSizes(2048), args.map(keyOf)) ?? []),
    ...blocks.map((block) => inBlock(block, sizes)),
  ].flat()
}

function sizesIn(directives: readonly Directive[], around: Around): Around {
  return {
    types: hashSizes('types_hash', directives, around.types),
    headers: hashSizes('proxy_headers_hash', directives, around.headers),
    referers: hashSizes('referer_hash', directives, around.referers),
  }
}

function mapKeys(lines: readonly Directive[]): { text: string; span: Word['span'] }[] {
  const hostnames = lines.some(({ name, args }) => name.text === 'hostnames' && args.length === 0)
  const keys = lines.filter(
    ({ name, args }) => args.length > 0 && name.text !== 'default' && !name.text.startsWith('~'),
  )
  return keys.flatMap(({ name }) => {
    const text = wireText(name.text.replace(/^\\/, ''))
    return (hostnames ? namesOf(text) : [text]).map((key) => ({ text: key, span: name.span }))
  })
}

/** The keys that a name makes: of a wildcard each label is one (ngx_hash_wildcard_init). */
export function namesOf(name: string): string[] {
  return /^\*?\.|\.\*$/.test(name) ? name.split('.').filter((label) => label !== '' && label !== '*') : [name]
}

function keyOf({ text, span }: Word): { text: string; span: Word['span'] } {
  return { text: wireText(text), span }
}
