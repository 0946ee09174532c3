import Docker from 'dockerode';

/** Takes an image away, if it is there. */
export async function removeImage(socketPath: string, name: string): Promise<void> {
  await new Docker({ socketPath })
    .getImage(name)
    .remove({ force: true })
    .catch(() => undefined);
}
