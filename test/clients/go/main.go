// What people do with GitLab's client for Go, against a coordinator. Fails at the first answer that is not GitLab's.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	gitlab "gitlab.com/gitlab-org/api/client-go/v2"
)

var (
	gl      *gitlab.Client
	project = os.Getenv("PROJECT")
)

func main() {
	log.SetFlags(log.Lshortfile)
	client, err := gitlab.NewClient(os.Getenv("TOKEN"), gitlab.WithBaseURL(os.Getenv("CI_SERVER_URL")), gitlab.WithCustomRetryMax(0))
	need(client, nil, err)
	gl = client
	useProject()
	useFiles()
	useSettings()
	useCancel()
	useArtifacts()
	useRunners()
	useMembers()
	fmt.Println("all done")
}

func useProject() {
	user, response, err := gl.Users.CurrentUser()
	check("the user", need(user, response, err).Username == "root")
	metadata, response, err := gl.Metadata.GetMetadata()
	check("the version", need(metadata, response, err).Version != "")
	shown, response, err := gl.Projects.GetProject(project, nil)
	check("the path", need(shown, response, err).PathWithNamespace == project)
	found, response, err := gl.Projects.ListProjects(&gitlab.ListProjectsOptions{Search: gitlab.Ptr(shown.Path)})
	check("the search", slices.ContainsFunc(need(found, response, err), func(one *gitlab.Project) bool { return one.ID == shown.ID }))
	_, response, err = gl.Projects.GetProject("root/none", nil)
	refused(http.StatusNotFound, response, err)
	made, response, err := gl.Projects.CreateProject(&gitlab.CreateProjectOptions{Name: gitlab.Ptr("Made by Go")})
	need(made, response, err)
	changed, response, err := gl.Projects.EditProject(made.ID, &gitlab.EditProjectOptions{Description: gitlab.Ptr("changed")})
	check("a change", need(changed, response, err).Description == "changed")
	response, err = gl.Projects.DeleteProject(made.ID, nil)
	need(made, response, err)
}

func useFiles() {
	branch, response, err := gl.Branches.GetBranch(project, "main")
	check("a branch", need(branch, response, err).Protected)
	tree, response, err := gl.Repositories.ListTree(project, nil)
	check("the tree", len(need(tree, response, err)) == 2)
	file, response, err := gl.RepositoryFiles.GetRawFile(project, "README.md", &gitlab.GetRawFileOptions{Ref: gitlab.Ptr("main")})
	check("a file", string(need(file, response, err)) == "hello\n")
	about, response, err := gl.RepositoryFiles.GetFileMetaData(project, "README.md", &gitlab.GetFileMetaDataOptions{Ref: gitlab.Ptr("main")})
	check("what is said of a file", need(about, response, err).Size == 6)
	commits, response, err := gl.Commits.ListCommits(project, nil)
	check("commits", need(commits, response, err)[0].Title == "Change")
	archive, response, err := gl.Repositories.Archive(project, &gitlab.ArchiveOptions{Format: gitlab.Ptr("zip")})
	check("the files as an archive", string(need(archive, response, err)[:2]) == "PK")
}

func useSettings() {
	lint, response, err := gl.Validate.ProjectNamespaceLint(project, &gitlab.ProjectNamespaceLintOptions{Content: gitlab.Ptr("a: {}")})
	check("an invalid file", !need(lint, response, err).Valid)
	lint, response, err = gl.Validate.ProjectLint(project, nil)
	check("the project's file", need(lint, response, err).Valid)
	variable, response, err := gl.ProjectVariables.CreateVariable(project, &gitlab.CreateProjectVariableOptions{
		Key: gitlab.Ptr("WHERE"), Value: gitlab.Ptr("eu-west-1"), Masked: gitlab.Ptr(true),
		VariableType: gitlab.Ptr(gitlab.FileVariableType), EnvironmentScope: gitlab.Ptr("prod/*"),
	})
	check("a variable", need(variable, response, err).Masked && variable.VariableType == gitlab.FileVariableType)
	filter := &gitlab.VariableFilter{EnvironmentScope: "prod/*"}
	variable, response, err = gl.ProjectVariables.UpdateVariable(project, "WHERE", &gitlab.UpdateProjectVariableOptions{
		Value: gitlab.Ptr("us-east-1"), Filter: filter,
	})
	check("another value", need(variable, response, err).Value == "us-east-1")
	response, err = gl.ProjectVariables.RemoveVariable(project, "WHERE", &gitlab.RemoveProjectVariableOptions{Filter: filter})
	need(variable, response, err)
	_, response, err = gl.ProjectVariables.GetVariable(project, "WHERE", nil)
	refused(http.StatusNotFound, response, err)
	trigger, response, err := gl.PipelineTriggers.AddPipelineTrigger(project, &gitlab.AddPipelineTriggerOptions{Description: gitlab.Ptr("of Go")})
	need(trigger, response, err)
	fired, response, err := gl.PipelineTriggers.RunPipelineTrigger(project, &gitlab.RunPipelineTriggerOptions{
		Ref: gitlab.Ptr("main"), Token: gitlab.Ptr(trigger.Token), Variables: map[string]string{"SLOW": "yes"},
	})
	check("its pipeline", need(fired, response, err).Source == "trigger")
	variables, response, err := gl.Pipelines.GetPipelineVariables(project, fired.ID)
	check("its variables", need(variables, response, err)[0].Key == "SLOW")
	fired, response, err = gl.Pipelines.CancelPipelineBuild(project, fired.ID)
	need(fired, response, err)
	waitForPipeline(fired.ID, "canceled")
	response, err = gl.PipelineTriggers.DeletePipelineTrigger(project, trigger.ID)
	need(trigger, response, err)
}

func useCancel() {
	slow, response, err := gl.Pipelines.CreatePipeline(project, &gitlab.CreatePipelineOptions{
		Ref: gitlab.Ptr("main"), Variables: &[]*gitlab.PipelineVariableOptions{{Key: gitlab.Ptr("SLOW"), Value: gitlab.Ptr("yes")}},
	})
	need(slow, response, err)
	job := jobNamed(slow.ID, "slow")
	waitUntil("the script has begun", func() bool { return strings.Contains(logOf(job.ID), "begun") })
	running := gitlab.ListJobsOptions{Scope: &[]gitlab.BuildStateValue{gitlab.Running}}
	jobs, response, err := gl.Jobs.ListProjectJobs(project, &running)
	check("what runs", need(jobs, response, err)[0].ID == job.ID)
	latest, response, err := gl.Pipelines.GetLatestPipeline(project, &gitlab.GetLatestPipelineOptions{Ref: gitlab.Ptr("main")})
	check("the latest", need(latest, response, err).ID == slow.ID)
	stopped, response, err := gl.Jobs.CancelJob(project, job.ID)
	check("a cancel", need(stopped, response, err).Status == "canceling")
	waitForPipeline(slow.ID, "canceled")
	check("the cleanup", strings.Contains(logOf(job.ID), "cleaned after canceled"))
	retried, response, err := gl.Pipelines.RetryPipelineBuild(project, slow.ID)
	check("a retry", need(retried, response, err).ID == slow.ID && jobNamed(slow.ID, "slow").ID != job.ID)
	slow, response, err = gl.Pipelines.CancelPipelineBuild(project, slow.ID)
	need(slow, response, err)
	waitForPipeline(slow.ID, "canceled")
	response, err = gl.Pipelines.DeletePipeline(project, slow.ID)
	need(slow, response, err)
	_, response, err = gl.Pipelines.GetPipeline(project, slow.ID)
	refused(http.StatusNotFound, response, err)
}

func useArtifacts() {
	pipeline, response, err := gl.Pipelines.CreatePipeline(project, &gitlab.CreatePipelineOptions{Ref: gitlab.Ptr("main")})
	need(pipeline, response, err)
	made := jobNamed(pipeline.ID, "make").ID
	waitForJob(made, "success")
	check("its log", strings.Contains(logOf(made), "made by make"))
	whole, response, err := gl.Jobs.GetJobArtifacts(project, made)
	check("the artifacts", strings.HasPrefix(textOf(need(whole, response, err)), "PK"))
	file, response, err := gl.Jobs.DownloadSingleArtifactsFile(project, made, "out/a.txt")
	check("a file of them", textOf(need(file, response, err)) == "data\n")
	waitForPipeline(pipeline.ID, "success")
	byName := &gitlab.DownloadArtifactsFileOptions{Job: gitlab.Ptr("make")}
	whole, response, err = gl.Jobs.DownloadArtifactsFile(project, "main", byName)
	check("artifacts by branch", strings.HasPrefix(textOf(need(whole, response, err)), "PK"))
	file, response, err = gl.Jobs.DownloadSingleArtifactsFileByTagOrBranch(project, "main", "out/a.txt", byName)
	check("a file by branch", textOf(need(file, response, err)) == "data\n")
	kept, response, err := gl.Jobs.KeepArtifacts(project, made)
	check("kept artifacts", need(kept, response, err).ArtifactsExpireAt == nil)
	ship := jobNamed(pipeline.ID, "ship").ID
	played, response, err := gl.Jobs.PlayJob(project, ship, nil)
	check("a manual job", need(played, response, err).Status != "manual")
	waitForJob(ship, "success")
	again, response, err := gl.Jobs.RetryJob(project, ship)
	check("a retry", need(again, response, err).ID != ship)
	erased, response, err := gl.Jobs.EraseJob(project, ship)
	check("an erased job", need(erased, response, err).ErasedAt != nil)
	response, err = gl.Jobs.DeleteArtifacts(project, made)
	need(kept, response, err)
	_, response, err = gl.Jobs.GetJobArtifacts(project, made)
	refused(http.StatusNotFound, response, err)
	bridges, response, err := gl.Jobs.ListPipelineBridges(project, pipeline.ID, nil)
	check("bridges", len(need(bridges, response, err)) == 0)
}

func useRunners() {
	shown, response, err := gl.Projects.GetProject(project, nil)
	need(shown, response, err)
	made, response, err := gl.Users.CreateUserRunner(&gitlab.CreateUserRunnerOptions{
		RunnerType: gitlab.Ptr("project_type"), ProjectID: gitlab.Ptr(shown.ID), TagList: &[]string{"go"},
	})
	check("its token", strings.HasPrefix(need(made, response, err).Token, "glrt-"))
	response, err = gl.Runners.VerifyRegisteredRunner(&gitlab.VerifyRegisteredRunnerOptions{Token: gitlab.Ptr(made.Token)})
	need(made, response, err)
	runner, response, err := gl.Runners.UpdateRunnerDetails(made.ID, &gitlab.UpdateRunnerDetailsOptions{
		Description: gitlab.Ptr("of Go"), TagList: &[]string{"go", "more"},
	})
	check("a change", need(runner, response, err).Description == "of Go" && len(runner.TagList) == 2)
	ofProject := gitlab.ListProjectRunnersOptions{Type: gitlab.Ptr("project_type")}
	runners, response, err := gl.Runners.ListProjectRunners(project, &ofProject)
	check("runners of the project", need(runners, response, err)[0].ID == made.ID)
	jobs, response, err := gl.Runners.ListRunnerJobs(made.ID, nil)
	check("what it ran", len(need(jobs, response, err)) == 0)
	token, response, err := gl.Runners.ResetRunnerAuthenticationToken(made.ID)
	check("another token", *need(token, response, err).Token != made.Token)
	response, err = gl.Runners.RemoveRunner(made.ID)
	need(made, response, err)
}

func useMembers() {
	members, response, err := gl.ProjectMembers.ListAllProjectMembers(project, nil)
	check("members", need(members, response, err)[0].Username == "root")
	branches, response, err := gl.ProtectedBranches.ListProtectedBranches(project, nil)
	check("protected branches", need(branches, response, err)[0].Name == "main")
	groups, response, err := gl.ResourceGroup.GetAllResourceGroupsForAProject(project)
	check("resource groups", len(need(groups, response, err)) == 0)
	token, response, err := gl.ProjectAccessTokens.CreateProjectAccessToken(project, &gitlab.CreateProjectAccessTokenOptions{
		Name: gitlab.Ptr("t"), Scopes: &[]string{"api"}, AccessLevel: gitlab.Ptr(gitlab.DeveloperPermissions),
		ExpiresAt: gitlab.Ptr(gitlab.ISOTime(time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC))),
	})
	check("a token", need(token, response, err).Token != "")
	response, err = gl.ProjectAccessTokens.RevokeProjectAccessToken(project, token.ID)
	need(token, response, err)
}

func jobNamed(pipeline int64, name string) *gitlab.Job {
	jobs, response, err := gl.Jobs.ListPipelineJobs(project, pipeline, nil)
	for _, job := range need(jobs, response, err) {
		if job.Name == name {
			return job
		}
	}
	panic("no job " + name)
}

func logOf(job int64) string {
	reader, response, err := gl.Jobs.GetTraceFile(project, job)
	return textOf(need(reader, response, err))
}

func textOf(reader io.Reader) string {
	bytes, err := io.ReadAll(reader)
	return string(need(bytes, nil, err))
}

func waitForJob(id int64, status string) {
	waitUntil(fmt.Sprintf("job %d is %s", id, status), func() bool {
		job, response, err := gl.Jobs.GetJob(project, id)
		return need(job, response, err).Status == status
	})
}

func waitForPipeline(id int64, status string) {
	waitUntil(fmt.Sprintf("pipeline %d is %s", id, status), func() bool {
		pipeline, response, err := gl.Pipelines.GetPipeline(project, id)
		return need(pipeline, response, err).Status == status
	})
}

func waitUntil(what string, holds func() bool) {
	deadline := time.Now().Add(20 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			_ = log.Output(2, "waited in vain: "+what)
			os.Exit(1)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func need[T any](value T, _ *gitlab.Response, err error) T {
	if err != nil {
		_ = log.Output(2, err.Error())
		os.Exit(1)
	}
	return value
}

func check(what string, holds bool) {
	if !holds {
		_ = log.Output(2, "not so: "+what)
		os.Exit(1)
	}
}

func refused(status int, response *gitlab.Response, err error) {
	check(fmt.Sprintf("status %d", status), err != nil && response != nil && response.StatusCode == status)
}
