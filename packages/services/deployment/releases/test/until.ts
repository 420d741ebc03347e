/** Looks again and again, for at most so many milliseconds: more than a machine takes that is busy with others. */
export async function until(isTrue: () => boolean | Promise<boolean>, limit = 45_000): Promise<void> {
  const deadline = Date.now() + limit;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`did not happen within ${limit / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
