import type { Instruction } from '../config/rewrite-instruction.ts'
import type { Location } from '../config/site-config.ts'
import type { Directive } from '../syntax.ts'
import type { Block } from './block.ts'
import type { CompileScope } from './scope.ts'

/** The `root` or `alias` of a block, else that of the block around it. An `index` that names a URI of its own is refused. */
export function compileRoot(block: Block, around: Directive | null, scope: CompileScope): Directive | null {
  const index = block.one('index')
  if (index?.args.some(({ text }) => text.startsWith('/'))) {
    scope.refuse('index', index.span, 'index with a path of its own redirects to it: not modelled')
  }
  return block.one('alias') ?? block.one('root') ?? around
}

/**
 * The model knows no files. A `root` that no request can come to changes nothing; one that files would be served from, or that
 * `try_files` looks into, is refused. Without any `root`, nginx's own folder is taken to be empty.
 */
export function refuseFiles(location: Location, scope: CompileScope): void {
  const { root } = location.settings
  if (root === null || !servesFiles(location)) return
  const where = location.label === null ? 'where no location matches' : `in location ${location.label}`
  scope.refuse(root.name.text, root.span, `${root.name.text} serves files ${where}: not modelled`)
}

function servesFiles({ label, pass, tryFiles, rewrites, children }: Location): boolean {
  if (label === null && children.prefixes.longestPrefixOf('/') !== undefined) return false
  return (tryFiles !== null || pass === null) && !alwaysReturns(rewrites)
}

/** Whether every request that comes through ends with `return`, a redirect or another location. */
function alwaysReturns(instructions: readonly Instruction[]): boolean {
  for (const instruction of instructions) {
    if (instruction.kind === 'return') return true
    if (mayBreak(instruction)) return false
  }
  return false
}

function mayBreak(instruction: Instruction): boolean {
  if (instruction.kind === 'if') return instruction.body.some(mayBreak)
  return instruction.kind === 'break' || (instruction.kind === 'rewrite' && instruction.isBreak)
}
