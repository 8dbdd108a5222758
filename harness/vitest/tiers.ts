/**
 * The tiers of tests, from the cheapest to the dearest: what a test may use, which the name of its file tells.
 * `x.nginx.test.ts` is of the tier `nginx`, `x.test.ts` of `pure`. A tier may use what those before it use.
 *
 * - `pure`: nothing but its own process: files, the loopback interface, and no program that it would have to start
 * - `process`: programs that it starts: Node.js, curl, Python
 * - `package`: npm, and every Node.js that the package runs on
 * - `nginx`: the real nginx
 * - `sandbox`: namespaces with nginx, gateway and stubs in them
 * - `k3s`: a Docker engine, and Kubernetes in a container
 * - `cluster`: a Kubernetes that a kubeconfig leads to
 */
export const TIERS = ['pure', 'process', 'package', 'nginx', 'sandbox', 'k3s', 'cluster'] as const

export type Tier = (typeof TIERS)[number]

/** The tier of a test file, by its name. */
export function tierOf(file: string): Tier {
  return TIERS.find((tier) => file.endsWith(`.${tier}.test.ts`)) ?? 'pure'
}

/** The patterns that find the test files of a tier. */
export function testFilesOf(tier: Tier): { readonly include: string[]; readonly exclude: string[] } {
  const named = (ending: string): string[] => ['gateway', 'harness'].map((folder) => `${folder}/**/*.${ending}`)
  if (tier !== 'pure') return { include: named(`${tier}.test.ts`), exclude: [] }
  return { include: named('test.ts'), exclude: named(`{${TIERS.join(',')}}.test.ts`) }
}
