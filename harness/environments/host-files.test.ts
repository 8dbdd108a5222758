import { expect, test } from 'vitest'
import { textFiles } from '../chain/read-files.ts'
import { findFile } from './host-files.ts'

const find = findFile(textFiles({ '/var/www/index.html': 'home', '/var/www/ä.txt': 'ä' }))

test.each([
  ['/var/www/index.html', 'file'],
  ['/var/www//./x/../index.html', 'file'],
  [`/var/www/${Buffer.from('ä').toString('latin1')}.txt`, 'file'],
  ['/var/www', 'directory'],
  ['/var/www/', 'directory'],
  ['/', 'directory'],
  ['/var/ww', undefined],
  ['/etc/passwd', undefined],
])('%s is a %s', (path, kind) => {
  expect(find(path)?.kind).toBe(kind)
})

test('a file has its bytes', () => {
  const entry = find('/var/www/index.html')
  expect(entry?.kind === 'file' ? entry.bytes.toString() : null).toBe('home')
})
