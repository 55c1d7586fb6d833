<?php

declare(strict_types=1);

/** Logs in as an employé, creates a contrat de formation and declares a leçon. */

const CALLBACK = 'http://localhost:3000/callback';
const CLIENT = 'editeur-demo';
const SECRET = 'secret-demo-rdv-mock';
const SCOPE = 'openid email livret_numerique:read livret_numerique:write';

/** One call, which offers HTTP/2 and keeps cookies; what it answers has to have this status. */
function call(int $status, string $address, ?string $body = null, array $headers = []): array
{
    static $cookies = null;
    if ($cookies === null) {
        $cookies = curl_share_init();
        curl_share_setopt($cookies, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
    }
    $located = '';
    $curl = curl_init($address);
    curl_setopt_array($curl, [
        CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_2_0,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_SHARE => $cookies,
        CURLOPT_COOKIEFILE => '',
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_HEADERFUNCTION => function ($curl, string $line) use (&$located): int {
            if (stripos($line, 'location:') === 0) {
                $located = trim(substr($line, strlen('location:')));
            }
            return strlen($line);
        },
    ]);
    if ($body !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
    }
    $answer = curl_exec($curl);
    $got = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    if ($got !== $status) {
        fwrite(STDERR, "$address : $got " . ($answer ?: curl_error($curl)) . "\n");
        exit(1);
    }
    return [$answer, $located];
}

/** The same with JSON in and out. */
function json(int $status, string $address, array $body, string $token = ''): array
{
    $headers = ['Content-Type: application/json'];
    if ($token !== '') {
        $headers[] = "Authorization: Bearer $token";
    }
    [$answer] = call($status, $address, json_encode($body), $headers);
    return json_decode($answer, true, flags: JSON_THROW_ON_ERROR);
}

/** A token as the real provider gives it: login page, code, exchange. */
function log_in(string $base, string $email, string $password): string
{
    $oidc = "$base/realms/formation/protocol/openid-connect";
    [$page] = call(200, "$oidc/auth?" . http_build_query([
        'client_id' => CLIENT, 'redirect_uri' => CALLBACK, 'state' => 's-1',
        'response_type' => 'code', 'scope' => SCOPE,
    ]));
    preg_match('/action="([^"]+)"/', $page, $found);
    $action = html_entity_decode($found[1]);
    $address = str_starts_with($action, '/') ? $base . $action : $action;
    [, $located] = call(302, $address, http_build_query(['username' => $email, 'password' => $password]));
    parse_str(parse_url($located, PHP_URL_QUERY), $returned);
    [$tokens] = call(
        200,
        "$oidc/token",
        http_build_query([
            'grant_type' => 'authorization_code', 'code' => $returned['code'], 'redirect_uri' => CALLBACK,
        ]),
        ['Authorization: Basic ' . base64_encode(CLIENT . ':' . SECRET)],
    );
    return json_decode($tokens, true)['access_token'];
}

[, $base] = $argv;
$livret = "$base/api/v1/livret-numerique";

$given = json(200, "$base/_mock/tokens", ['employe' => 'lea'])['access_token'];
call(200, "$livret/formateurs", null, ["Authorization: Bearer $given"]);
echo "jeton donné : 200\n";

$token = log_in($base, 'lea@plesses.test', 'lea');
call(200, "$livret/formateurs", null, ["Authorization: Bearer $token"]);
echo "connexion : 200\n";

$contrat = json(201, "$livret/contrats-de-formation", [
    'nom' => 'Moreau', 'numeroDossier' => '012345678901',
    'categoriePermis' => 'B', 'typeFormation' => 'TRADITIONNELLE',
], $token);
echo "contrat : {$contrat['id']}\n";

$lecon = json(201, "$livret/contrats-de-formation/{$contrat['id']}/lecons", [
    'type' => 'CIRCULATION', 'dateHeureDebut' => '2026-03-09T15:00:00',
    'dureeEnMinutes' => 60, 'numeroAutorisation' => 'A0850001230',
], $token);
echo "leçon : {$lecon['id']}\n";
