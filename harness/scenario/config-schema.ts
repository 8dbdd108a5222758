import { z } from 'zod'
import { chain } from './schema.ts'

const scenarios = z.union([z.string(), z.array(z.string()).min(1).max(100)], {
  error: 'this must be a folder, or a list of folders',
})

/** The whole of `chain.config.yaml`. */
export const chainConfigFile = z.strictObject({
  scenarios: scenarios
    .describe('Where the scenarios are: a folder, or several. As scenarios where it is left out.')
    .optional(),
  chains: z
    .record(z.string().regex(/^[A-Za-z0-9][\w-]{0,62}$/, 'the name of a chain has letters, digits, - and _'), chain)
    .refine((chains) => Object.keys(chains).length > 0, 'this must name a chain')
    .describe('Chains by name, as a scenario writes them. A scenario that names no chain takes the first.'),
})
