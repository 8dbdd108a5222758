import { describe } from 'vitest'
import { whyNoK3s } from '../environments/k3s/why-no-k3s.ts'
import { whyNoSandbox } from '../environments/sandbox/why-no-sandbox.ts'
import { whyNoJudge } from '../nginx/conformance/nginx-judge.ts'
import { whyNoNodes } from '../package/nodes.ts'
import type { Tier } from './tiers.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** Why the tests of a suite are skipped: a fact and what to do. `skip-reporter.ts` says it at the end of a run. */
    skipped?: string
  }
}

/** Tiers that a machine may lack. A cluster is any Kubernetes, and k3s is one that a test can have. */
type LackedTier = Exclude<Tier, 'pure' | 'process'>
type Why = { readonly fact: string; readonly remedy: string } | null

const WHY_NOT: Readonly<Record<LackedTier, () => Why | Promise<Why>>> = {
  package: whyNoNodes,
  nginx: whyNoJudge,
  sandbox: whyNoSandbox,
  k3s: whyNoK3s,
  cluster: whyNoK3s,
}

/** Describes tests of a tier. Where this machine lacks it they are skipped, or fail if `CHAIN_REQUIRE` names the tier. */
export async function describeTier(tier: LackedTier, name: string, tests: () => void): Promise<void> {
  describeUnless(isRequired(tier) ? null : await WHY_NOT[tier](), name, tests)
}

/** Describes tests that are skipped for a reason, if there is one. */
export function describeUnless(why: Why, name: string, tests: () => void): void {
  const meta = why === null ? {} : { skipped: `${why.fact}. ${why.remedy}` }
  describe.skipIf(why !== null)(name, { meta }, tests)
}

/** True where `CHAIN_REQUIRE`, a list of tiers, forbids to go on without one. */
export function isRequired(tier: LackedTier): boolean {
  return (process.env.CHAIN_REQUIRE ?? '').split(',').includes(tier)
}
