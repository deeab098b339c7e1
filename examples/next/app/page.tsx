import { Help } from './help';

/** The page. Its query parameter `gateway` is the URL of the gateway. */
export default async function Page({ searchParams }: { searchParams: Promise<{ gateway?: string }> }) {
  const { gateway = 'http://127.0.0.1:8787' } = await searchParams;
  return (
    <main>
      <h1>A page of your own</h1>
      <Help gateway={gateway} />
    </main>
  );
}
