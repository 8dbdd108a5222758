import { simulatedBy } from '../../../environments/simulated/simulated.ts'
import { releaseOf, rulesOf, whyNotCovered } from '../../../nginx/versions.ts'
import { renderUpgrade } from '../../../reporters/upgrade.ts'
import { compareVersions } from '../../../runner/upgrade.ts'
import type { Scenario } from '../../../scenario/scenario.ts'
import { EXIT, type ExitCode } from '../../exit-codes.ts'
import { complain, wantsColor } from '../../terminal.ts'

/**
 * `chain check --nginx 1.22,1.30`: what the second version changes for a suite that runs on the first; 1 where a scenario that
 * passes with the first does not with the second.
 */
export async function upgrade(scenarios: readonly Scenario[], versions: string): Promise<ExitCode> {
  const named = versions.split(',').map((version) => version.trim())
  const [from, to, ...more] = named
  if (from === undefined || to === undefined || more.length > 0) {
    complain(`Failed to read versions "${versions}": they are not two. Write --nginx 1.22,1.30.`)
    return EXIT.invalid
  }
  const releases = [from, to].map(releaseOf)
  const [before, after] = releases
  if (!before || !after) {
    complain(`Failed to compare versions "${versions}": ${whyNotCovered(before ? to : from)}.`)
    return EXIT.invalid
  }
  const result = await compareVersions(scenarios, rulesOf(before), rulesOf(after), simulatedBy)
  process.stdout.write(renderUpgrade(result, { color: wantsColor(process.stdout) }))
  return result.verdicts.some((one) => one.before === 'pass' && one.after !== 'pass') ? EXIT.failed : EXIT.passed
}
