import { existsSync } from 'node:fs'

/** The packages of the gateway that is written with FastAPI. */
const FASTAPI = ['python3-fastapi', 'uvicorn', 'python3-httpx', 'python3-yaml']

/** What tests use beyond Node.js: the Debian package, and a path that shows that it is there, also where it came another way. */
const NEEDED = [
  { name: 'nginx-light', path: '/usr/sbin/nginx' },
  { name: 'iproute2', path: '/bin/ip' },
  ...FASTAPI.map((name) => ({ name, path: `/usr/share/doc/${name}` })),
]

/** The packages that this machine lacks. */
export const MISSING_PACKAGES: readonly string[] = NEEDED.filter(({ path }) => !existsSync(path)).map(
  ({ name }) => name,
)

/** Those of them that the gateway on FastAPI needs. */
export const MISSING_FOR_FASTAPI: readonly string[] = MISSING_PACKAGES.filter((name) => FASTAPI.includes(name))
