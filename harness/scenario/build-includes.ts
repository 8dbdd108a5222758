import { posix } from 'node:path'
import { writtenWhole } from '../diagnostics/composition.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Source } from '../diagnostics/source.ts'
import { type BuildContext, readNamed } from './build-context.ts'
import type { WrittenChain } from './schema.ts'

type WrittenMapping = Exclude<WrittenChain, string>

/** Files that nginx includes and that stand elsewhere, by their path below the root, or below /etc/nginx where it is relative. */
export function buildIncludes(
  { includes = {} }: WrittenMapping,
  chain: Place,
  context: BuildContext,
): ReadonlyMap<string, Source> {
  const read = Object.entries(includes).flatMap(([name, written]) => {
    const place = chain.at('includes', name)
    const source =
      typeof written === 'string'
        ? writtenWhole(`${place.source.file} (${name})`, written, place.written(context.variant))
        : readNamed(written.file, place.at('file'), context)
    return source === null ? [] : [[posix.resolve('/etc/nginx', name).slice(1), source] as const]
  })
  return new Map(read)
}
