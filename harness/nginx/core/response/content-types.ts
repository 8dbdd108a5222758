import type { Block } from '../../syntax/block.ts'
import { lowerCase, wireText } from '../../syntax/wire.ts'

/** Content types in lower case; `all` for `*`. */
export type ContentTypes = ReadonlySet<string> | 'all'

/** The types of a block; text/html is always one of them (ngx_http_types_slot). */
export function typesOf(block: Block, directive: string): ContentTypes | null {
  const words = block.all(directive).flatMap(({ args }) => args.map(({ text }) => lowerCase(wireText(text))))
  if (words.length === 0) return null
  return words.includes('*') ? 'all' : new Set(['text/html', ...words])
}

/** Whether a content type is among some (ngx_http_test_content_type). Parameters of an upstream's are not looked at. */
export function hasType(contentType: string, fromUpstream: boolean, types: ContentTypes): boolean {
  if (types === 'all') return true
  const plain = fromUpstream ? contentType.replace(/ *;[\s\S]*$/, '') : contentType
  return plain !== '' && types.has(lowerCase(plain))
}
