import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Stripping types and compiling a hundred files costs more than running a scenario: keep the result between runs. This
// file is plain JavaScript, so that the compiler need not be loaded for the one file that comes before the cache.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/chain', import.meta.url)))

let isDone = false

/** @type {NodeJS.ErrnoException | null} */
let outputError = null

// What cannot be printed is no reason to leave processes behind: the command goes on, and its exit code still counts.
process.stdout.on('error', (error) => {
  outputError ??= error
})
process.stderr.on('error', () => undefined)

// Node.js ends by itself where nothing is left to wait for: a promise that nobody keeps must not pass for success.
process.once('exit', () => {
  if (!isDone) broke('something was waited for that never came')
})

try {
  const { main } = await import('./program.ts')
  process.exitCode = await main(process.argv)
} catch (error) {
  broke(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
isDone = true

// Once everything printed is out, nothing is left to wait for: to take the heap down first takes longer than many a scenario.
process.stdout.write('', (error) => {
  const failure = outputError ?? error
  if (failure) tellOf(failure)
  process.stderr.write('', () => process.exit())
})

/**
 * A reader that has seen enough (`| head`) is no failure of ours; a disk that is full is.
 * @param {NodeJS.ErrnoException} error
 */
function tellOf({ code, message }) {
  const isReaderGone = code === 'EPIPE'
  const fact = code === 'ENOSPC' ? 'there is no space left on its disk. Make room' : message
  const what = isReaderGone ? 'its reader has gone. The exit code still counts' : fact
  process.stderr.write(`chain: Failed to write to standard output: ${what}.\n`)
  if (!isReaderGone) process.exitCode = Math.max(Number(process.exitCode ?? 0), 3)
}

/** @param {string} what */
function broke(what) {
  process.stderr.write(`chain: This is a bug in chain: ${what}\nPlease report it with the command and its files.\n`)
  process.exitCode = 3
}
