import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

/** The rooms of the harness from top to bottom: a file may import from its own room and from those below it. */
const ROOMS = [
  ['vitest', 'bench', 'cli'],
  ['reporters'],
  ['coverage'],
  ['capture'],
  ['runner'],
  ['diagnose'],
  ['environments'],
  ['scenario', 'nginx', 'backends'],
  ['chain'],
  ['diagnostics'],
]

const root = join(import.meta.dirname, '..')
const files = globSync(['harness/**/*.ts', 'gateway/**/*.ts'], { cwd: root }).filter(
  (file) => !file.endsWith('.test.ts'),
)

describe('the tree tells the story', () => {
  test('imports point down the list of rooms', () => {
    const upward = imports()
      .filter(({ from, to }) => from.startsWith('harness/') && to.startsWith('harness/'))
      .filter(({ from, to }) => !mayImport(roomOf(from), roomOf(to)))
    expect(upward).toEqual([])
  })

  test('the gateway imports nothing from the harness', () => {
    expect(imports().filter(({ from, to }) => from.startsWith('gateway/') && to.startsWith('harness/'))).toEqual([])
  })

  test('the runner knows environments by their interface alone', () => {
    const environments = imports().filter(
      ({ from, to }) => roomOf(from) === 'runner' && to.startsWith('harness/environments/'),
    )
    expect(environments.filter(({ to }) => to !== 'harness/environments/environment.ts')).toEqual([])
  })
})

function mayImport(from: string, to: string): boolean {
  if (from === to) return true
  const level = (room: string): number => ROOMS.findIndex((rooms) => rooms.includes(room))
  return level(from) !== -1 && level(from) < level(to)
}

function roomOf(file: string): string {
  return file.split('/')[1] ?? ''
}

function imports(): { from: string; to: string }[] {
  return files.flatMap((from) => {
    const text = readFileSync(join(root, from), 'utf8')
    return [...text.matchAll(/(?:from|import) ?\(?'(\.[^']+)'/g)].map(([, path = '']) => ({
      from,
      to: relative(root, join(root, dirname(from), path)),
    }))
  })
}
