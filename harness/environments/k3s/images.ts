import { createHash } from 'node:crypto'
import { constants, createReadStream, readFileSync } from 'node:fs'
import { access } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type ContainerRuntimeClient, ImageName } from 'testcontainers'
import { EnvironmentError } from '../environment.ts'
import { engineError } from './engine.ts'
import { contextFiles, taggingFiles } from './image-files.ts'
import { imageNames, imageTars } from './settings.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const DOCKERFILE = 'gateway/Dockerfile'

/** The name of the one image that gateway, stubs and relay run from, with a tag that tells its content. */
export function imageName(): string {
  return `request-chain:${contentTag(imageNames().node)}`
}

/**
 * The one image that gateway, stubs and relay run from, built where this version of it is not there yet.
 * @param signal ends the build
 * @returns its name
 * @throws {EnvironmentError}
 */
export async function buildImage(engine: ContainerRuntimeClient, signal?: AbortSignal): Promise<string> {
  const { node } = imageNames()
  const name = imageName()
  if (await isThere(engine, name)) return name
  await ensureImage(engine, node, 'CHAIN_NODE_IMAGE')
  try {
    const { dockerode } = engine.container
    const stream = await dockerode.buildImage(
      { context: ROOT, src: contextFiles(ROOT) },
      { t: name, dockerfile: DOCKERFILE, buildargs: { NODE_IMAGE: node }, ...(signal && { abortSignal: signal }) },
    )
    await new Promise<void>((resolve, reject) => {
      dockerode.modem.followProgress(stream, (error, output: { error?: string }[]) => {
        const failed = error?.message ?? output.find((line) => line.error !== undefined)?.error
        if (failed === undefined) resolve()
        else reject(new Error(failed))
      })
    })
  } catch (error) {
    throw engineError(`build the image "${name}" from ${DOCKERFILE}`, error)
  }
  return name
}

/**
 * Pulls an image where it is not there yet.
 * @param namedBy what names it: `CHAIN_K3S_IMAGE`
 * @throws {EnvironmentError}
 */
export async function ensureImage(engine: ContainerRuntimeClient, name: string, namedBy: string): Promise<void> {
  if (await isThere(engine, name)) return
  try {
    await engine.image.pull(ImageName.fromString(name))
  } catch (error) {
    throw engineError(`get the image "${name}"`, error, namedBy)
  }
  // The library does not tell a pull that ended badly.
  if (await isThere(engine, name)) return
  throw new EnvironmentError(
    `Failed to get the image "${name}": it is not there and cannot be pulled.`,
    `Load it with "docker load", or name another by ${namedBy}.`,
  )
}

/** Whether an image is there, or its registry would give it: asks for no more than its manifest. @throws {EnvironmentError} */
export async function findImage(engine: ContainerRuntimeClient, name: string): Promise<void> {
  if (await isThere(engine, name)) return
  try {
    await engine.container.dockerode.getImage(name).distribution()
  } catch (error) {
    throw engineError(`find the image "${name}"`, error)
  }
}

/** The id of an image that is there, which tells its content. */
export async function imageId(engine: ContainerRuntimeClient, name: string): Promise<string> {
  return (await engine.container.dockerode.getImage(name).inspect()).Id
}

/** Puts an image of the engine into the node, which then needs no registry for it. @throws {EnvironmentError} */
export async function loadIntoNode(engine: ContainerRuntimeClient, nodeId: string, name: string): Promise<void> {
  try {
    const tar = await engine.container.dockerode.getImage(name).get()
    await importTar(engine, nodeId, tar as Readable)
  } catch (error) {
    throw engineError(`load the image "${name}" into the node`, error)
  }
}

/** Whether the node has an image of the engine already. */
export async function isInNode({ container }: ContainerRuntimeClient, nodeId: string, name: string): Promise<boolean> {
  const command = ['k3s', 'ctr', '--namespace', 'k8s.io', 'images', 'ls', '-q', `name==docker.io/library/${name}`]
  const { stdout } = await container.exec(container.getById(nodeId), command)
  return stdout.trim() !== ''
}

/** Makes sure of the tarballs of CHAIN_IMAGE_TARS before anything is started for them. @throws {EnvironmentError} one cannot be read */
export async function ensureTars(): Promise<void> {
  for (const file of imageTars()) {
    try {
      await access(file, constants.R_OK)
    } catch (error) {
      throw new EnvironmentError(
        `Failed to read the image tarball "${file}", named in CHAIN_IMAGE_TARS: ${error instanceof Error ? error.message : String(error)}.`,
        'Write what "docker save" has written, several separated by ":".',
        { cause: error },
      )
    }
  }
}

/** Puts the tarballs of CHAIN_IMAGE_TARS into the node. @throws {EnvironmentError} one cannot be read or imported */
export async function loadTarsIntoNode(engine: ContainerRuntimeClient, nodeId: string): Promise<void> {
  for (const file of imageTars()) {
    try {
      await importTar(engine, nodeId, createReadStream(file))
    } catch (error) {
      throw engineError(`load the images of "${file}", named in CHAIN_IMAGE_TARS, into the node`, error)
    }
  }
}

async function importTar(engine: ContainerRuntimeClient, nodeId: string, tar: Readable): Promise<void> {
  const { dockerode } = engine.container
  const exec = await dockerode.getContainer(nodeId).exec({
    Cmd: ['k3s', 'ctr', '--namespace', 'k8s.io', 'images', 'import', '-'],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  })
  const stream = await exec.start({ hijack: true, stdin: true })
  const output: Buffer[] = []
  stream.on('data', (chunk: Buffer) => output.push(chunk))
  await new Promise<void>((resolve, reject) => {
    tar.once('error', reject)
    stream.once('error', reject)
    stream.once('end', resolve)
    tar.pipe(stream)
  })
  const { ExitCode } = await exec.inspect()
  if (ExitCode !== 0) throw new Error(Buffer.concat(output).toString('latin1').trim().split('\n').at(-1) ?? '')
}

async function isThere(engine: ContainerRuntimeClient, name: string): Promise<boolean> {
  try {
    await engine.container.dockerode.getImage(name).inspect()
    return true
  } catch (error) {
    if (error instanceof Error && /no such image/i.test(error.message)) return false
    throw engineError(`look for the image "${name}"`, error)
  }
}

/** Tells versions of the image apart. */
function contentTag(baseImage: string): string {
  const hash = createHash('sha256').update(baseImage)
  for (const file of [DOCKERFILE, '.dockerignore', ...taggingFiles(ROOT)]) {
    hash.update(`\0${file}\0`).update(readFileSync(path.join(ROOT, file)))
  }
  return hash.digest('hex').slice(0, 16)
}
