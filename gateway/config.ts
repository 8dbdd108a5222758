import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { type AuthConfig, readAuth } from './config/auth-config.ts'
import { type MiddlewareConfig, middlewareConfig } from './config/middleware-config.ts'
import { MIDDLEWARE } from './config/middleware-file.ts'
import { reportOpenForms } from './config/open-forms.ts'
import { type ConfigProblem, Problems } from './config/problem.ts'
import { readRoutes } from './config/routes-file.ts'
import { checkShape } from './config/shape.ts'
import { type ConfigFile, MAX_FILE_BYTES, readYamlFile, type YamlFile } from './config/yaml-file.ts'
import { buildRouteTable, type RouteTable } from './route-table.ts'

export type { ApiKey, AuthConfig, JwtConfig } from './config/auth-config.ts'
export type { MiddlewareConfig } from './config/middleware-config.ts'
export type { ConfigProblem, ProblemCode } from './config/problem.ts'
export type { ConfigFile } from './config/yaml-file.ts'
export type { Place } from './place.ts'

/** The keys of the ConfigMap `gateway-config`; null for those it does not have. */
export interface GatewayConfigFiles {
  readonly routes: ConfigFile
  readonly middleware: ConfigFile | null
  readonly auth: ConfigFile | null
}

/** Everything the gateway goes by, ready for use: reading and compiling is done, once. */
export interface GatewayConfig {
  readonly table: RouteTable
  readonly middleware: MiddlewareConfig
  /** Null where there is no auth.yaml: then nobody is asked. */
  readonly auth: AuthConfig | null
  /** Differs where any file differs; shown by `/health`, to tell whether a restart has happened. */
  readonly hash: string
}

export type ConfigResult =
  | { readonly ok: true; readonly config: GatewayConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/**
 * Reads a config as it would be read at the gateway's start. All problems of all files come at once, in file order.
 * @param environment where `jwt.secretEnv` is looked up
 */
export function parseGatewayConfig(
  files: GatewayConfigFiles,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ConfigResult {
  const problems = new Problems()
  const yaml = {
    routes: open(files.routes, problems),
    middleware: open(files.middleware, problems),
    auth: open(files.auth, problems),
  }
  const routes = yaml.routes && readRoutes(yaml.routes, problems)
  const middleware = yaml.middleware && checkShape(MIDDLEWARE, yaml.middleware, problems)
  const auth = yaml.auth && readAuth(yaml.auth, environment, problems)
  for (const route of (files.auth === null && routes) || []) {
    if (route.scopes === undefined) continue
    const problem = `the route "${route.path}" asks for scopes, and there is no auth.yaml to say who has them`
    problems.add('E_GATEWAY_AUTH', route.place, { problem, hint: 'Add auth.yaml, or leave "scopes" out.' })
  }
  if (problems.list.length === 0 && routes && auth) reportOpenForms(buildRouteTable(routes), auth, problems)
  if (problems.list.length > 0 || routes === null) return { ok: false, problems: problems.list }
  return {
    ok: true,
    config: {
      table: buildRouteTable(routes),
      middleware: middlewareConfig(middleware, yaml.middleware),
      auth,
      hash: hashOf(files),
    },
  }
}

function open(file: ConfigFile | null, problems: Problems): YamlFile | null {
  return file && readYamlFile(file, problems)
}

function hashOf(files: GatewayConfigFiles): string {
  const texts = [files.routes, files.middleware, files.auth].map((file) => file?.text ?? null)
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16)
}

/**
 * Reads the files of a mounted ConfigMap.
 * @throws {ConfigReadError} the folder, or its routes.yaml, is missing or unreadable
 */
export async function readGatewayConfig(dir: string): Promise<GatewayConfigFiles> {
  const [routes, middleware, auth] = await Promise.all(
    ['routes.yaml', 'middleware.yaml', 'auth.yaml'].map((name) => readConfigFile(path.join(dir, name))),
  )
  if (!routes) {
    const found = existsSync(dir) ? 'it has no routes.yaml' : 'there is no such folder'
    throw new ConfigReadError(
      `Failed to read the gateway config "${dir}": ${found}. Name the folder that has routes.yaml.`,
    )
  }
  return { routes, middleware: middleware ?? null, auth: auth ?? null }
}

/** A config that could not be read; the message is for its user, whole. */
export class ConfigReadError extends Error {
  override readonly name = 'ConfigReadError'
}

async function readConfigFile(file: string): Promise<ConfigFile | null> {
  try {
    // Asked first: reading from a pipe or a device may never end, and what is too large is not read into memory.
    const stats = await stat(file)
    if (!stats.isFile())
      throw new ConfigReadError(`Failed to read "${file}": it is not a file. Make it a readable file.`)
    if (stats.size > MAX_FILE_BYTES)
      throw new ConfigReadError(`Failed to read "${file}": it has more than 1 MiB. A ConfigMap holds no more.`)
    return { file, text: await readFile(file, 'utf8') }
  } catch (error) {
    if (error instanceof ConfigReadError) throw error
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new ConfigReadError(`Failed to read "${file}": the system says ${String(code)}. Make it a readable file.`)
  }
}
