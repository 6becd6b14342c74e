"""What people do with python-gitlab, against a coordinator. Fails at the first answer that is not GitLab's."""

import os
import time

import gitlab

gl = gitlab.Gitlab(os.environ["CI_SERVER_URL"], private_token=os.environ["TOKEN"])
PATH = os.environ["PROJECT"]


def until(what, probe, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = probe()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain: {what}")


def status_is(manager, number, status):
    until(f"{number} is {status}", lambda: manager.get(number).status == status)


def job_of(pipeline, name):
    return next(job for job in pipeline.jobs.list(get_all=True) if job.name == name)


def refused(code, call):
    try:
        call()
    except gitlab.exceptions.GitlabError as error:
        assert error.response_code == code, error
        return
    raise AssertionError(f"no {code}")


# Who and what
gl.auth()
assert gl.user.username == "root"
assert gl.version() != ("unknown", "unknown")
project = gl.projects.get(PATH)
assert gl.projects.get(project.id).path_with_namespace == PATH
assert project.id in [each.id for each in gl.projects.list(iterator=True, search=project.path)]
refused(404, lambda: gl.projects.get("root/none"))

other = gl.projects.create({"name": "Made by Python"})
other.description = "changed"
other.save()
assert gl.projects.get("root/made-by-python").description == "changed"
other.delete()

# Files
assert project.branches.get("main").protected
assert [each["path"] for each in project.repository_tree()] == [".gitlab-ci.yml", "README.md"]
assert project.files.get("README.md", ref="main").decode() == b"hello\n"
assert project.commits.list(get_all=False)[0].title == "Change"
assert project.repository_archive(format="zip")[:2] == b"PK"

# Lint
assert project.ci_lint.get().valid
assert project.ci_lint.create({"content": "a: {script: x}"}).valid
assert not project.ci_lint.create({"content": "a: {}"}).valid
project.ci_lint.validate({"content": "a: {script: x}"})

# Variables
project.variables.create({"key": "WHERE", "value": "eu-west-1", "masked": True, "environment_scope": "*"})
assert project.variables.get("WHERE").masked
project.variables.update("WHERE", {"value": "us-east-1"})
assert [(each.key, each.value) for each in project.variables.list(get_all=True)] == [("WHERE", "us-east-1")]
project.variables.delete("WHERE")
refused(404, lambda: project.variables.get("WHERE"))
gl.variables.create({"key": "FROM_PYTHON", "value": "1"})
gl.variables.delete("FROM_PYTHON")

# A pipeline and its cancel
slow = project.pipelines.create({"ref": "main", "variables": [{"key": "SLOW", "value": "yes"}]})
assert (slow.ref, slow.source) == ("main", "api")
assert [(each.key, each.value) for each in slow.variables.list(get_all=True)] == [("SLOW", "yes")]
waiting = job_of(slow, "slow")
until("the script has begun", lambda: b"begun" in project.jobs.get(waiting.id).trace())
assert [job.name for job in slow.jobs.list(scope=["running", "pending"])] == ["slow"]
assert project.pipelines.list(ref="main", status="running", get_all=False)[0].id == slow.id
assert project.pipelines.latest(ref="main").id == slow.id
slow.cancel()
status_is(project.pipelines, slow.id, "canceled")
assert "cleaned after canceled" in project.jobs.get(waiting.id).trace().decode()
slow.retry()
again = until("a new job", lambda: next((job for job in slow.jobs.list(get_all=True) if job.name == "slow"), None))
assert again.id != waiting.id
assert {job.id for job in slow.jobs.list(include_retried=True)} >= {again.id, waiting.id}
project.jobs.get(again.id).cancel()
status_is(project.jobs, again.id, "canceled")
status_is(project.pipelines, slow.id, "canceled")
slow.delete()
refused(404, lambda: project.pipelines.get(slow.id))
refused(400, lambda: project.pipelines.create({"ref": "none"}))

# A job from its log to its files
pipeline = project.pipelines.create({"ref": "main"})
make = project.jobs.get(job_of(pipeline, "make").id)
status_is(project.jobs, make.id, "success")
assert "made by make" in make.trace().decode()
make.refresh()
assert make.artifacts_file["filename"] == "artifacts.zip"
assert make.artifacts()[:2] == b"PK"
assert b"".join(make.artifacts(iterator=True, chunk_size=100))[:2] == b"PK"
assert make.artifact("out/a.txt") == b"data\n"
assert project.artifacts.download(ref_name="main", job="make")[:2] == b"PK"
assert project.artifacts.raw(ref_name="main", artifact_path="out/a.txt", job="make") == b"data\n"
make.keep_artifacts()
make.refresh()
assert make.artifacts_expire_at is None
assert [bridge.name for bridge in pipeline.bridges.list(get_all=True)] == []

ship = project.jobs.get(job_of(pipeline, "ship").id)
assert ship.status == "manual"
ship.play()
status_is(project.jobs, ship.id, "success")
ship.retry()
ship.erase()
assert project.jobs.get(ship.id).trace() == b""
make.delete_artifacts()
refused(404, make.artifacts)
assert ship.id in [job.id for job in project.jobs.list(scope="success", iterator=True)]

# Runners
made = gl.user.runners.create({"runner_type": "project_type", "project_id": project.id, "tag_list": "python"})
assert made.token.startswith("glrt-")
runner = gl.runners.get(made.id)
runner.description = "of Python"
runner.save()
assert gl.runners.get(made.id).description == "of Python"
assert made.id in [each.id for each in gl.runners.list(iterator=True)]
assert made.id in [each.id for each in gl.runners_all.list(iterator=True, type="project_type")]
assert [each.id for each in project.runners.list(get_all=True, type="project_type")] == [made.id]
assert runner.jobs.list(get_all=True) == []
local = make.runner["id"]
assert make.id in [job.id for job in gl.runners.get(local).jobs.list(iterator=True)]
gl.runners.verify(made.token)
runner.delete()

# Triggers
trigger = project.triggers.create({"description": "of Python"})
fired = project.trigger_pipeline("main", trigger.token, variables={"SLOW": "yes"})
assert fired.source == "trigger"
fired.cancel()
status_is(project.pipelines, fired.id, "canceled")
assert [each.id for each in project.triggers.list(get_all=True)] == [trigger.id]
trigger.delete()

# Members, tokens, protected branches, resource groups
assert [each.username for each in project.members.list(get_all=True)] == ["root"]
assert [each.name for each in project.protectedbranches.list(get_all=True)] == ["main"]
assert project.resource_groups.list(get_all=True) == []
token = project.access_tokens.create({"name": "t", "scopes": ["api"], "access_level": 30, "expires_at": "2099-01-01"})
assert gitlab.Gitlab(gl.url, private_token=token.token).projects.get(PATH).id == project.id
token.delete()
print("all done")
