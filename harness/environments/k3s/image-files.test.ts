import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { sourceFiles } from './image-files.ts'

const ROOT = path.join(import.meta.dirname, '../../..')
const PROGRAMS = [
  'harness/environments/kubernetes/gateway-pod/main.ts',
  'harness/environments/kubernetes/node-relay/main.ts',
  'harness/environments/kubernetes/stub-pod/main.ts',
  'harness/environments/k3s/claim-holder/main.ts',
]

test('the image has every file that its programs import', () => {
  const needed = new Set<string>()
  const need = (file: string): void => {
    if (needed.has(file)) return
    needed.add(file)
    const imports = readFileSync(path.join(ROOT, file), 'utf8').matchAll(
      /^(?:import|export) (?!type)[^'"]*'(\.[^']+)'/gm,
    )
    for (const [, to = ''] of imports) need(path.join(path.dirname(file), to))
  }
  for (const program of PROGRAMS) need(program)
  const files = new Set(sourceFiles(ROOT))
  expect([...needed].filter((file) => !files.has(file))).toEqual([])
})
