import type { Chain } from '../chain/chain.ts'
import type { EditableFile, WorldChange } from '../chain/world-change.ts'
import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { replaceProblem } from './build-chain.ts'
import type { Step } from './scenario.ts'

/**
 * Follows the `edit` steps through a chain's files: the text that a step replaces must be there once when it runs. After
 * a `repin` nobody knows the site file any more.
 */
export function checkEdits(steps: readonly Step[], chain: Chain, place: Place, problems: Problems): void {
  const texts = new Map<EditableFile, string | null>([
    ['site', chain.site.text],
    ['routes.yaml', chain.gatewayConfig.routes.text],
    ['middleware.yaml', chain.gatewayConfig.middleware?.text ?? ''],
    ['auth.yaml', chain.gatewayConfig.auth?.text ?? ''],
  ])
  steps.forEach((step, index) => {
    if (step.kind !== 'change') return
    const problem = follow(step.change, texts)
    if (problem === null) return
    const at = place.at(index, 'edit', 'replace')
    problems.add(at.source, at.span, 'E_EDIT_NOT_FOUND', problem.message, problem.hint)
  })
}

function follow(change: WorldChange, texts: Map<EditableFile, string | null>) {
  if (change.kind === 'repin') texts.set('site', null)
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
