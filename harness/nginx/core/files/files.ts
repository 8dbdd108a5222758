import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { parseNumber } from '../../syntax/values.ts'
import { wireText } from '../../syntax/wire.ts'
import type { InLocation } from '../locations/in-location.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import type { FileSettings, Root } from '../settings.ts'
import { constantTemplate } from '../variables/template.ts'

/** What nginx does with files where no block says otherwise. */
export const DEFAULT_FILES: FileSettings = {
  root: { rule: null, path: constantTemplate('html'), replaces: 0 },
  index: [constantTemplate('index.html')],
  autoindex: null,
  etag: true,
  ifModifiedSince: 'exact',
  maxRanges: Number.POSITIVE_INFINITY,
}

/** The settings for files inside a block (ngx_http_core_merge_loc_conf, ngx_http_index_merge_loc_conf). */
export function compileFiles(
  block: Block,
  around: FileSettings,
  location: InLocation,
  scope: CompileScope,
): FileSettings {
  const root = block.one('alias') ?? block.one('root')
  const index = block.all('index').flatMap(({ args }) => args.map((word) => scope.template(word)))
  const autoindex = block.one('autoindex')
  const ifModifiedSince = block.word('if_modified_since')?.text.toLowerCase()
  const maxRanges = block.word('max_ranges')
  return {
    root: root === undefined ? around.root : compileRoot(root, location, scope),
    index: index.length === 0 ? around.index : index,
    autoindex: autoindex === undefined ? around.autoindex : block.flag('autoindex', false) ? ruleOf(autoindex) : null,
    etag: block.flag('etag', around.etag),
    ifModifiedSince:
      ifModifiedSince === 'off' || ifModifiedSince === 'before' || ifModifiedSince === 'exact'
        ? ifModifiedSince
        : around.ifModifiedSince,
    maxRanges: maxRanges === undefined ? around.maxRanges : (parseNumber(maxRanges.text) ?? around.maxRanges),
  }
}

/** ngx_http_core_root: a `root` loses the slash at its end, an `alias` keeps it. */
function compileRoot(directive: Directive, { name, kind }: InLocation, scope: CompileScope): Root {
  const isAlias = directive.name.text === 'alias'
  const [word] = directive.args
  const text = wireText(word?.text ?? '')
  if (isAlias && kind === 'named') {
    scope.error(directive.span, 'the "alias" directive cannot be used inside the named location')
  }
  for (const variable of ['document_root', 'realpath_root']) {
    if (!text.includes(`$${variable}`) && !text.includes(`\${${variable}}`)) continue
    scope.error(directive.span, `the $${variable} variable cannot be used in the "${directive.name.text}" directive`)
  }
  const path = scope.templateOf(isAlias ? text : text.replace(/\/$/, ''), word?.span ?? directive.span)
  return { rule: ruleOf(directive), path, replaces: !isAlias ? 0 : kind === 'regex' ? 'all' : name.length }
}
