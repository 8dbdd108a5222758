import { run } from './run.ts'

/** The address from which the node speaks to ClusterIPs; pods have addresses in the same network. */
export const NODE = '10.42.0.1'

/** Commands of ip(8), one a line. @throws {SandboxError} */
export function ip(lines: readonly string[]): Promise<void> {
  return run('ip', ['-batch', '-'], `${lines.join('\n')}\n`)
}
