import { describe, expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { applyEdit } from './apply-edit.ts'
import { editConfigMap } from './config-map.ts'
import { InvalidChainError } from './environment.ts'

describe('an edit of a file', () => {
  const file = new Source('nginx.conf', 'a 1; b 1;')

  test('replaces every place, by the text as it stands', () => {
    expect(applyEdit(file, { kind: 'replace', find: '1', with: "$&$'" })).toMatchObject({
      file: 'nginx.conf',
      text: "a $&$'; b $&$';",
    })
  })

  test('replaces the whole', () => {
    expect(applyEdit(file, { kind: 'whole', text: 'c;' })).toMatchObject({ file: 'nginx.conf', text: 'c;' })
  })

  test('of a text that is not there is an error of the chain', () => {
    expect(() => applyEdit(file, { kind: 'replace', find: '2', with: '3' })).toThrow(InvalidChainError)
  })
})

describe('an edit of the ConfigMap', () => {
  const files = { routes: new Source('routes.yaml', 'r'), middleware: new Source('middleware.yaml', 'm'), auth: null }

  test.each([
    ['routes.yaml', ['x', 'm', undefined]],
    ['middleware.yaml', ['r', 'x', undefined]],
    ['auth.yaml', ['r', 'm', 'x']],
  ] as const)('changes %s alone', (file, texts) => {
    const { routes, middleware, auth } = editConfigMap(files, file, { kind: 'whole', text: 'x' })
    expect([routes.text, middleware?.text, auth?.text]).toEqual(texts)
  })

  test('of a key that is not there begins with an empty one', () => {
    const edit = () => editConfigMap(files, 'auth.yaml', { kind: 'replace', find: 'r', with: 'x' })
    expect(edit).toThrow(InvalidChainError)
  })
})
