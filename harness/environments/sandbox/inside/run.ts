import { spawn } from 'node:child_process'
import { SandboxError } from './sandbox-error.ts'

/**
 * Runs a program to its end with a text as its input.
 * @throws {SandboxError} it cannot be started or does not end well, with what it said
 */
export function run(program: string, args: readonly string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.on('error', ({ message }) => reject(new SandboxError(`Failed to run "${program}": ${message}.`)))
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new SandboxError(`Failed to run "${[program, ...args].join(' ')}": ${said.trim()}`))
    })
    child.stdin.end(input)
  })
}
