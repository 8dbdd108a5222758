import path from 'node:path'

/** Where the package has its schemas in a repository that installs it. */
const SCHEMAS = 'node_modules/request-chain/dist'

/** Where a file finds a schema. @param folder its folder, from the root of the repository */
export function schemaFrom(folder: string, name: 'scenario' | 'chain-config'): string {
  return path.posix.relative(folder, `${SCHEMAS}/${name}.schema.json`)
}
