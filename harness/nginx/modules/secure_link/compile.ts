import { ModuleSettings } from '../../core/module.ts'
import type { CompileScope } from '../../core/scope.ts'
import type { Template } from '../../core/variables/template.ts'
import type { Block } from '../../syntax/block.ts'
import { wireText } from '../../syntax/wire.ts'

/** How links are checked; null where a line is missing. */
export interface SecureLink {
  /** `secure_link_secret`: the old way, by a part of the URI. */
  readonly secret: string | null
  /** What holds the checksum, and the time it expires. */
  readonly link: Template | null
  /** What it is the checksum of. */
  readonly md5: Template | null
}

/** `secure_link` and its kin of a block (ngx_http_secure_link_merge_conf). */
export const secureLink = new ModuleSettings<SecureLink>(
  { secret: null, link: null, md5: null },
  (block, around, scope) => {
    const [link, md5] = [templateOf(block, 'secure_link', scope), templateOf(block, 'secure_link_md5', scope)]
    const secret = block.word('secure_link_secret')
    if (secret !== undefined) {
      if (link !== null || md5 !== null) scope.error(secret.span, MIXED)
      return { secret: wireText(secret.text), link, md5 }
    }
    const merged = { link: link ?? around.link, md5: md5 ?? around.md5 }
    return { secret: merged.link === null && merged.md5 === null ? around.secret : null, ...merged }
  },
)

const MIXED = '"secure_link_secret" cannot be mixed with "secure_link" and "secure_link_md5"'

function templateOf(block: Block, name: string, scope: CompileScope): Template | null {
  const word = block.word(name)
  return word === undefined ? null : scope.template(word)
}
