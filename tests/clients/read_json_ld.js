// Read JSON-LD documents as jsonld.js does, contexts over HTTP included.
// Comes in: the variable GIVEN, a JSON list of addresses. Goes out: a JSON list of N-Quads texts.
const jsonld = require("jsonld");

async function main() {
  const texts = [];
  for (const address of JSON.parse(process.env.GIVEN)) {
    texts.push(await jsonld.toRDF(address, { format: "application/n-quads", safe: true }));
  }
  console.log(JSON.stringify(texts));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
