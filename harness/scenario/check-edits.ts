import type { Chain } from '../chain/chain.ts'
import { type EditableFile, isGatewayFile, type WorldChange } from '../chain/world-change.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { replaceProblem } from './replace-text.ts'
import type { Step } from './scenario.ts'

/**
 * Follows the `edit` steps through a chain's files: the text that a step replaces must be there once when it runs. After
 * a `repin` nobody knows the site file any more.
 */
export function checkEdits(steps: readonly Step[], chain: Chain, place: Place, problems: Problems): void {
  const texts = new Map<EditableFile, string | null>([
    ...[...chain.includes].map(([name, { text }]) => [name, text] as const),
    ['site', chain.site.text],
    ['routes.yaml', chain.gatewayConfig.routes.text],
    ['middleware.yaml', chain.gatewayConfig.middleware?.text ?? ''],
    ['auth.yaml', chain.gatewayConfig.auth?.text ?? ''],
  ])
  steps.forEach((step, index) => {
    if (step.kind !== 'change') return
    if (step.change.kind === 'edit' && !texts.has(step.change.file)) {
      const at = place.at(index, 'edit', 'file')
      const near = suggest(step.change.file, texts.keys())
      const message = `the chain has no file "${step.change.file}"${near === undefined ? '' : `: did you mean "${near}"?`}`
      problems.add(
        at.source,
        at.span,
        'E_FILE_MISSING',
        message,
        `Files of this chain: ${[...texts.keys()].join(', ')}.`,
      )
      return
    }
    const problem = follow(step.change, texts)
    if (problem === null) return
    const at = place.at(index, 'edit', 'replace')
    problems.add(at.source, at.span, 'E_EDIT_NOT_FOUND', problem.message, problem.hint)
  })
}

function nginxFilesIn(texts: ReadonlyMap<EditableFile, string | null>): EditableFile[] {
  return [...texts.keys()].filter((file) => !isGatewayFile(file))
}

function follow(change: WorldChange, texts: Map<EditableFile, string | null>) {
  if (change.kind === 'repin') for (const file of nginxFilesIn(texts)) texts.set(file, null)
  if (change.kind !== 'edit') return null
  const { file, edit } = change
  if (edit.kind === 'whole') {
    texts.set(file, edit.text)
    return null
  }
  const text = texts.get(file)
  if (text === null || text === undefined) return null
  texts.set(
    file,
    text.replace(edit.find, () => edit.with),
  )
  return edit.find.includes('${') ? null : replaceProblem(text, edit.find, file)
}
