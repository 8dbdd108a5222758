import path from 'node:path'
import { expect, test } from 'vitest'
import { findRoot, findScenarioFiles } from './find-scenario-files.ts'

const fixtures = path.join(import.meta.dirname, 'fixtures')

test('folders give every YAML file but those of chains, sorted, each once', () => {
  const { files, diagnostics } = findScenarioFiles([fixtures, path.join(fixtures, 'valid/smallest.yaml')])
  expect(diagnostics).toEqual([])
  expect(files).toContain(path.join(fixtures, 'valid/smallest.yaml'))
  expect(files.filter((file) => file.includes('/chains/') || file.endsWith('.txt'))).toEqual([])
  expect(files).toEqual([...new Set(files)].sort())
})

test('a path that is not there is a diagnostic, and the others are found', () => {
  const { files, diagnostics } = findScenarioFiles(['nowhere.yaml', path.join(fixtures, 'valid/smallest.yaml')])
  expect(files).toHaveLength(1)
  expect(diagnostics).toMatchObject([
    {
      code: 'E_FILE_MISSING',
      message: expect.stringContaining('Failed to find "nowhere.yaml": there is no such file'),
    },
  ])
})

test('a file is found by a line of it, as messages show it; named whole, too, it is whole', () => {
  const file = path.join(fixtures, 'valid/smallest.yaml')
  expect(findScenarioFiles([`${file}:3`, `${file}:5:7`])).toMatchObject({
    files: [file],
    lines: new Map([[file, [3, 5]]]),
  })
  expect(findScenarioFiles([`${file}:3`, file])).toMatchObject({ files: [file], lines: new Map() })
  expect(findScenarioFiles(['nowhere.yaml:3']).diagnostics).toMatchObject([
    { message: expect.stringContaining('Failed to find "nowhere.yaml:3": there is no such file') },
  ])
})

test('the root is the nearest folder above that holds chains, or else the own folder', () => {
  expect(findRoot(path.join(fixtures, 'valid/smallest.yaml'))).toBe(fixtures)
  expect(findRoot('/nowhere/at/all.yaml')).toBe('/nowhere/at')
})
