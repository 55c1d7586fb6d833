// A vendor's program, written upon the types that openapi-typescript generates.

import assert from "node:assert/strict";

import createClient from "openapi-fetch";

import type { components, paths } from "./api.js";

type Refus = components["schemas"]["Refus"];

const baseUrl = process.argv[2] ?? "";
const ines = { nom: "Moreau", numeroDossier: "012345678901" };

/** An access token of Léane, who runs the Auto-École des Plesses. */
async function tokenOf(employe: string): Promise<string> {
  const answer = await fetch(`${baseUrl}/_mock/tokens`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ employe }),
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  return access_token;
}

/** The answer, unless it is a refusal. */
function got<T>(answer: { data?: T; error?: Refus }): T {
  assert.equal(answer.error, undefined);
  assert.notEqual(answer.data, undefined);
  return answer.data as T;
}

const client = createClient<paths>({
  baseUrl,
  headers: { Authorization: `Bearer ${await tokenOf("lea")}` },
});

/** A créneau that anybody may take, as the planning of a centre shows it. */
async function freeCreneau(centreId: string): Promise<string> {
  const date = got(
    await client.GET("/api/v2/auto-ecole/crenodispo/date", {
      params: {
        query: { "centres-ids": [centreId], "groupe-permis": "B", date: "2026-03-24" },
      },
    }),
  );
  assert(date);
  const planning = got(
    await client.POST("/api/v2/auto-ecole/planning/recherche", {
      body: { filtre: { groupePermis: "B", date, centreId } },
    }),
  );
  const free = planning.find(
    ({ creneauDuPlanning }) => creneauDuPlanning.statutDeReservation === "DISPONIBLE",
  );
  assert(free);
  return free.creneauDuPlanning.id;
}

/** From a mandat to an examen. */
async function book(): Promise<void> {
  const mandat = got(
    await client.POST("/api/v2/auto-ecole/mandats", { body: { ...ines, groupePermis: "B" } }),
  );
  const [centre] = got(
    await client.POST("/api/v2/auto-ecole/centres/recherche", {
      body: { filtre: { codeDepartement: "085", groupePermis: "B" } },
    }),
  );
  assert(centre);
  const creneauId = await freeCreneau(centre.id);

  const panier = got(await client.POST("/api/v2/auto-ecole/paniers"));
  const path = { panierId: panier.id };
  const held = got(
    await client.POST("/api/v2/auto-ecole/paniers/{panierId}/creneaux", {
      params: { path },
      body: { creneauId },
    }),
  );
  assert.equal(held.elementsDuPanier.length, 1);
  const placed = await client.PUT(
    "/api/v2/auto-ecole/paniers/{panierId}/creneaux/{creneauId}/candidat",
    { params: { path: { ...path, creneauId } }, body: { candidatId: mandat.candidatId } },
  );
  assert.equal(placed.response.status, 204);
  const validation = got(
    await client.POST("/api/v2/auto-ecole/paniers/{panierId}/valider", { params: { path } }),
  );
  assert.equal(validation.contientAuMoinsUneErreur, false);
  const examenId = validation.data[0]?.examenId;
  assert(examenId);

  const examen = got(
    await client.GET("/api/v2/auto-ecole/examens/{examenId}", { params: { path: { examenId } } }),
  );
  assert.equal(examen.creneauId, creneauId);
  assert.equal(examen.candidat?.nom, ines.nom);
  assert.equal(examen.statut, "PROGRAMME");
}

/** A contrat de formation and a leçon upon it; the same contrat again is refused. */
async function declare(): Promise<void> {
  const body = { ...ines, categoriePermis: "B", typeFormation: "TRADITIONNELLE" } as const;
  const contrat = got(
    await client.POST("/api/v1/livret-numerique/contrats-de-formation", { body }),
  );
  const lecon = got(
    await client.POST("/api/v1/livret-numerique/contrats-de-formation/{contratId}/lecons", {
      params: { path: { contratId: contrat.id } },
      body: {
        type: "CIRCULATION",
        dateHeureDebut: "2026-03-09T15:00:00",
        dureeEnMinutes: 60,
        numeroAutorisation: "A0850001230",
      },
    }),
  );
  assert.equal(lecon.dateHeureFin, "2026-03-09T16:00:00");

  const again = await client.POST("/api/v1/livret-numerique/contrats-de-formation", { body });
  assert.equal(again.error?.code, "CONTRAT_DEJA_CONNU");
}

await book();
await declare();
