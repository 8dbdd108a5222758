import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TIERS, type Tier, tierOf } from './vitest/tiers.ts'

/** The rooms of the harness from top to bottom: a file may import from its own room and from those below it. */
const ROOMS = [
  ['vitest', 'bench', 'cli', 'library', 'nginx-tests'],
  ['package'],
  ['faults', 'reporters', 'init', 'draft', 'serve'],
  ['runner'],
  ['diagnose', 'curl'],
  ['environments'],
  ['scenario', 'nginx', 'backends'],
  ['secrets'],
  ['trace'],
  ['chain'],
  ['diagnostics'],
]

const root = join(import.meta.dirname, '..')
const all = globSync(['harness/**/*.ts', 'gateway/**/*.ts'], { cwd: root })
const tests = all.filter((file) => file.endsWith('.test.ts'))
const files = all.filter((file) => !file.endsWith('.test.ts'))

const NGINX = 'harness/nginx/'

/** The layers of the nginx model from bottom to top. Each of its modules is a layer for itself: they do not import each other. */
const LAYERS = ['ground', 'syntax', 'pattern', 'core', 'modules', 'way in', 'conformance']

/** Files beside the way in that everything may know: what the world is to the model, and what holds by version. */
const GROUND: readonly string[] = ['site.ts', 'versions.ts', 'version-table.ts']

/** Tiers that an import asks for, the dearest first. */
const NEEDS: readonly { readonly imports: RegExp; readonly tier: Tier }[] = [
  { imports: /\/(nginx-judge|real-nginx|observed-nginx)\.ts$/, tier: 'nginx' },
  { imports: /^node:(child_process|worker_threads|cluster)$/, tier: 'process' },
]

describe('the tree tells the story', () => {
  test('imports point down the list of rooms', () => {
    const upward = imports()
      .filter(({ from, to }) => from.startsWith('harness/') && to.startsWith('harness/'))
      .filter(({ from, to }) => !mayImport(roomOf(from), roomOf(to)))
    expect(upward).toEqual([])
  })

  test('no ring of imports inside a room', () => {
    expect(ringsOf(imports())).toEqual([])
  })

  test('inside the nginx model, imports go from the way in to modules, to core, to syntax and patterns', () => {
    const upward = imports()
      .filter(({ from, to }) => from.startsWith(NGINX) && to.startsWith(NGINX))
      .filter(({ from, to }) => layerOf(from) !== layerOf(to) && rankOf(from) <= rankOf(to))
    expect(upward).toEqual([])
  })

  test('the way into the nginx model alone knows its modules, by their table', () => {
    const known = imports().filter(
      ({ from, to }) => layerOf(to).startsWith('modules/') && layerOf(from) !== layerOf(to),
    )
    expect([...new Set(known.map(({ from }) => from))]).toEqual(['harness/nginx/modules.ts'])
  })

  test('the gateway imports nothing from the harness', () => {
    expect(imports().filter(({ from, to }) => from.startsWith('gateway/') && to.startsWith('harness/'))).toEqual([])
  })

  test('a trace knows messages and places in files, and nothing else of the chain', () => {
    const below = imports().filter(({ from, to }) => roomOf(from) === 'trace' && roomOf(to) !== 'trace')
    expect([...new Set(below.map(({ to }) => to))].toSorted()).toEqual([
      'harness/chain/message.ts',
      'harness/diagnostics/span.ts',
    ])
  })

  test('the runner knows environments by their interface alone', () => {
    const environments = imports().filter(
      ({ from, to }) => roomOf(from) === 'runner' && to.startsWith('harness/environments/'),
    )
    expect(environments.filter(({ to }) => to !== 'harness/environments/environment.ts')).toEqual([])
  })

  test('the name of a test file says the tier that it uses', () => {
    const misnamed = tests
      .map((file) => ({ file, needs: tierNeededBy(file) }))
      .filter(({ file, needs }) => isTooCheap(tierOf(file), needs))
    expect(misnamed).toEqual([])
  })
})

/** The tier that it describes tests of, or else the one that its imports ask for. */
function tierNeededBy(file: string): Tier {
  const described = /\bdescribeTier\('(\w+)'/.exec(readFileSync(join(root, file), 'utf8'))?.[1]
  const tier = TIERS.find((name) => name === described)
  if (tier !== undefined) return tier
  const imported = importsOf(file)
  return NEEDS.find(({ imports }) => imported.some((name) => imports.test(name)))?.tier ?? 'pure'
}

function isTooCheap(tier: Tier, needed: Tier): boolean {
  return TIERS.indexOf(tier) < TIERS.indexOf(needed)
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true
  const level = (room: string): number => ROOMS.findIndex((rooms) => rooms.includes(room))
  return level(from) !== -1 && level(from) < level(to)
}

/** `core`, `modules/proxy`, `way in`; empty for a file that is none of the nginx model's. */
function layerOf(file: string): string {
  if (!file.startsWith(NGINX)) return ''
  const [folder = '', name = ''] = file.slice(NGINX.length).split('/')
  if (name === '') return GROUND.includes(folder) ? 'ground' : 'way in'
  return folder === 'modules' ? `modules/${name}` : folder
}

function rankOf(file: string): number {
  return LAYERS.indexOf(layerOf(file).split('/')[0] ?? '')
}

function roomOf(file: string): string {
  return file.split('/')[1] ?? ''
}

function imports(): { from: string; to: string }[] {
  return files.flatMap((from) =>
    importsOf(from)
      .filter((name) => name.startsWith('.'))
      .map((name) => ({ from, to: relative(root, join(root, dirname(from), name)) })),
  )
}

/** What a file imports, as it writes it. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import) ?\(?'([^']+)'/g)].map(([, name = '']) => name)
}

/** Files that import each other in a ring, each ring once (the strongly connected parts, by two walks: Kosaraju). */
function ringsOf(edges: readonly { readonly from: string; readonly to: string }[]): string[][] {
  const after = Map.groupBy(edges, ({ from }) => from)
  const before = Map.groupBy(edges, ({ to }) => to)
  const finished: string[] = []
  walk(files, (file) => (after.get(file) ?? []).map(({ to }) => to), finished)
  const seen = new Set<string>()
  return finished.toReversed().flatMap((file) => {
    const ring: string[] = []
    walk([file], (one) => (before.get(one) ?? []).map(({ from }) => from), ring, seen)
    return ring.length > 1 ? [ring.toSorted()] : []
  })
}

/** Walks from each file as deep as it leads, and notes the files in the order in which they are through. */
function walk(
  starts: readonly string[],
  next: (file: string) => readonly string[],
  finished: string[],
  seen = new Set<string>(),
): void {
  for (const start of starts) {
    if (seen.has(start)) continue
    seen.add(start)
    walk(next(start), next, finished, seen)
    finished.push(start)
  }
}
